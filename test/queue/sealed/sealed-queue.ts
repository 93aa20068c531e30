import { createProducer, createWorker, defineQueue, type HandlerContext, type Keys } from 'brinemq'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { SealMode } from '../../../src/seal/keyring.ts'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { person, quiet, tooYoung } from '../people.ts'

export const secrets = { k1: new Uint8Array(32).fill(1), k2: new Uint8Array(32).fill(2) }

export const keysOf = (mode: SealMode, more: object = {}): Keys => ({ mode, active: 'k1', secrets, ...more })

const pay = z.object({ to: z.string(), cents: z.bigint() })

/** A queue whose two jobs take the same payloads: only its seal tells what one was made for. */
export function accounts(keys: Keys, { prefix = freshPrefix(), name = 'accounts' } = {}) {
  return defineQueue(name, {
    prefix,
    keys,
    models: [person, tooYoung],
    jobs: { pay: { payload: pay, result: pay, progress: pay }, refund: { payload: pay, result: pay } },
  })
}

/** The same queue as one that knows of no seals has it. */
export function unsealedAccounts({ prefix, name }: Pick<Accounts, 'prefix' | 'name'>) {
  return defineQueue(name, { prefix: String(prefix), jobs: { pay: { payload: pay }, refund: { payload: pay } } })
}

export type Accounts = ReturnType<typeof accounts>

export function produce(contract: Accounts) {
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  return producer
}

type Pay = z.output<typeof pay>

/** A worker that tells what its handlers are given, and gives it back. */
export function work(contract: Accounts, handle: (payment: Pay, context: HandlerContext) => unknown = () => {}) {
  const handled: string[] = []
  const both = async (payment: Pay, context: HandlerContext) => {
    handled.push(`${context.name} ${payment.to}`)
    await handle(payment, context)
    return payment
  }
  const worker = createWorker(contract, {
    ...quiet,
    handlers: { pay: both, refund: both },
  })
  onTestFinished(() => worker.close())
  return { worker, handled }
}

/** Every text that Redis holds under a prefix. */
export async function everythingUnder(prefix: string): Promise<string> {
  const redis = openClient()
  const texts: unknown[] = []
  for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
    for (const key of keys) {
      const type = await redis.type(key)
      if (type === 'hash') texts.push(await redis.hgetall(key))
      if (type === 'stream') texts.push(await redis.xrange(key, '-', '+'))
      if (type === 'list') texts.push(await redis.lrange(key, 0, -1))
      if (type === 'string') texts.push(await redis.get(key))
    }
  }
  return JSON.stringify(texts)
}
