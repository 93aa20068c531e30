import { createProducer, createWorker, defineModel, defineQueue } from 'brinemq'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { AttemptEnd } from '../../src/worker/worker-event.ts'
import { redisUrl } from '../connection.ts'

class House {
  declare street: string
}
class Boat {
  declare berth: number
}

const of1 = defineModel(House, { tag: 'house', fields: z.object({ street: z.string() }) })
const with1 = defineModel(House, {
  tag: 'house',
  fields: z.object({ street: z.string(), floors: z.number().optional() }),
})
const of2 = defineModel(House, {
  tag: 'house',
  version: 2,
  fields: z.object({ street: z.string() }),
  upcast: { 1: ({ street }: { street: string }) => ({ street }) },
})
const boat = defineModel(Boat, { tag: 'boat', fields: z.object({ berth: z.number() }) })

export const house = () => Object.assign(new House(), { street: 'Low' })
export const tall = () => Object.assign(new House(), { street: 'Low', floors: 40 })
export const ship = () => Object.assign(new Boat(), { berth: 7 })

const payload = z.unknown()

/** The contract before a deployment, and after each of its changes. */
export const contracts = {
  before: (prefix: string) => defineQueue('houses', { prefix, models: [of1], jobs: { build: { payload } } }),
  newerJob: (prefix: string) =>
    defineQueue('houses', {
      prefix,
      models: [of1],
      jobs: { build: { payload, version: 2, upcast: { 1: (old: unknown) => old } } },
    }),
  newerModel: (prefix: string) => defineQueue('houses', { prefix, models: [of2], jobs: { build: { payload } } }),
  newJob: (prefix: string) =>
    defineQueue('houses', { prefix, models: [of1], jobs: { build: { payload }, paint: { payload } } }),
  newName: (prefix: string) =>
    defineQueue('houses', { prefix, models: [of1], jobs: { raise: { payload, aliases: ['build'] } } }),
  newTag: (prefix: string) => defineQueue('houses', { prefix, models: [of1, boat], jobs: { build: { payload } } }),
  newField: (prefix: string) => defineQueue('houses', { prefix, models: [with1], jobs: { build: { payload } } }),
  newKey: (prefix: string) => sealed(prefix, ['k1', 'k2']),
  oldKey: (prefix: string) => sealed(prefix, ['k1']),
}

function sealed(prefix: string, ids: string[]) {
  const secrets = Object.fromEntries(ids.map((id) => [id, Buffer.alloc(32, id).toString('base64url')]))
  const keys = { mode: 'sign', active: ids.at(-1) ?? '', secrets } as const
  return defineQueue('houses', { prefix, keys, models: [of1], jobs: { build: { payload } } })
}

export type Houses = ReturnType<(typeof contracts)[keyof typeof contracts]>

/** A producer for the running test, of whichever contract. */
export function enqueue(contract: Houses, name: string, value: unknown, options: object = {}) {
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  return Reflect.apply(producer.enqueue, undefined, [name, value, options]) as ReturnType<typeof producer.enqueue>
}

export interface Recorder {
  runs: { job: string; payload: unknown }[]
  refused: { code: string | undefined; became: string | undefined; times?: number }[]
}

/** A worker for the running test that does every job of its contract. */
export function work(contract: Houses, options: object = {}) {
  const record: Recorder = { runs: [], refused: [] }
  const handler = (given: unknown, { name: job }: { name: string }) => {
    record.runs.push({ job, payload: given })
  }
  const middleware = Object.assign(async (_job: unknown, next: () => Promise<unknown>) => next(), {
    onEvent({ type, code, why, times }: Partial<AttemptEnd>) {
      const isRefused = type === 'quarantined' || why === 'newer'
      if (isRefused) record.refused.push({ code, became: type, ...(times !== undefined && { times }) })
    },
  })
  const given = {
    connection: redisUrl,
    shutdownOnSignals: false,
    drainDelay: 1,
    graceMs: 0,
    onError: () => {},
    use: [middleware],
    handlers: Object.fromEntries([...contract.entries.keys()].map((name) => [name, handler])),
    ...options,
  }
  const worker = Reflect.apply(createWorker, undefined, [contract, given]) as ReturnType<typeof createWorker>
  onTestFinished(() => worker.close())
  return { worker, record }
}
