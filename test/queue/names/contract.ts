import { defineQueue } from 'brinemq'
import { z } from 'zod'

/** A name that is data: somebody's. It looks like one that a program has chosen. */
export const who = 'jsmith'

/** Cannot travel. */
export const nothing = () => {}

export const named = { deep: { [who]: nothing } }

/** The same wherever it is refused, in a value that nobody has a schema for. */
export const place = '$.value(0).value(0)'

/** A key for tests alone, that the processes of a test share. */
const secret = Buffer.alloc(32, 7).toString('base64url')

/** What makes the values of a contract secret: its keys, or one mark in one of its jobs. */
export const secrecies = ['encrypted', 'marked'] as const
export type Secrecy = (typeof secrecies)[number]

const labels = z.object({ labels: z.record(z.string(), z.number()), rest: z.strictObject({}).optional() })
const pin = z.string().meta({ sensitive: true })

/** `old`: the contract of a producer that checks less. */
export function namesQueue(
  secrecy: Secrecy,
  { prefix, old = false }: { prefix?: string | undefined; old?: boolean } = {},
) {
  return defineQueue('names', {
    ...(prefix !== undefined && { prefix }),
    ...(secrecy === 'encrypted' && { keys: { mode: 'encrypt', secrets: { k1: secret } } }),
    jobs: {
      anything: { payload: z.unknown(), result: z.unknown(), progress: z.unknown() },
      labels: { payload: old ? z.unknown() : labels },
      pay: { payload: z.object({ pin: secrecy === 'marked' ? pin : z.string() }) },
    },
  })
}

export type Names = ReturnType<typeof namesQueue>

/** Fails in the way that its payload says. */
export async function fail(how: unknown, progress: (value: unknown) => Promise<void>): Promise<unknown> {
  if (how === 'progress') await progress(named)
  if (how === 'throw') throw Object.assign(new Error('x'), named, { meta: { [who]: 1 } })
  return named
}
