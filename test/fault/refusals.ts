import { createProducer, createWorker, defineQueue, node } from 'brinemq'
import type { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { openClient } from '../connection.ts'
import { gate } from '../queue/people.ts'
import { nativeRedis } from './native-redis.ts'

/** What the schema of `doubt` asks. */
export const doubts: { check: () => boolean | Promise<boolean> } = { check: () => true }

export const contract = defineQueue('refusals', {
  jobs: {
    charge: { payload: z.number(), result: z.number() },
    fail: { payload: z.number() },
    retry: { payload: z.number(), options: { attempts: 2, backoff: { type: 'fixed', delay: 50 } } },
    tick: { payload: z.number() },
    split: { payload: z.number(), result: z.number(), progress: z.number() },
    doubt: { payload: z.number().refine(() => doubts.check()) },
  },
})

export interface Refusal {
  word: string
  begin: (client: Redis) => Promise<unknown>
  end: (client: Redis) => Promise<unknown>
}

export const refusals: Refusal[] = [
  {
    word: 'NOREPLICAS',
    begin: (client) => client.config('SET', 'min-replicas-to-write', 1),
    end: (client) => client.config('SET', 'min-replicas-to-write', 0),
  },
  {
    word: 'READONLY',
    // Nobody listens there: it keeps what it has, and takes nothing.
    begin: (client) => client.replicaof('127.0.0.1', 1),
    end: (client) => client.replicaof('NO', 'ONE'),
  },
  {
    word: 'OOM',
    begin: (client) => client.config('SET', 'maxmemory', 1),
    end: (client) => client.config('SET', 'maxmemory', 0),
  },
]

/** A Redis that can refuse, with a producer and a worker that notes what runs. */
export async function open({ lockDuration = 1_000 } = {}) {
  const redis = await nativeRedis()
  await redis.start()
  const connection = `redis://127.0.0.1:${redis.port}`
  const producer = createProducer(contract, { connection })
  onTestFinished(() => producer.close())
  const told: { code: string; message: string }[] = []
  const runs = new Map<string, number>()
  const ran = (name: string) => runs.set(name, (runs.get(name) ?? 0) + 1)
  const refused = gate()
  const release = gate()
  const begun: string[] = []
  const worker = createWorker(contract, {
    ...{ connection, shutdownOnSignals: false, concurrency: 10, lockDuration, stalledInterval: 400 },
    onError: (error) => {
      told.push(error as Error & { code: string })
      refused.open()
    },
    handlers: {
      charge: async (cents, { id }) => {
        ran(id)
        begun.push(id)
        if (cents < 0) await release.opened
        return cents
      },
      fail: async (_, { id }) => {
        ran(id)
        begun.push(id)
        await release.opened
        throw new Error('declined')
      },
      retry: async (_, { id, attempt }) => {
        ran(id)
        begun.push(id)
        await release.opened
        if (attempt === 1) throw new Error('once')
      },
      tick: async (_, { id }) => void ran(id),
      split: async (_, { id, progress, children }) => {
        begun.push(id)
        await release.opened
        await progress(50)
        await children.step('halves', () => [node(contract, 'charge', 3), node(contract, 'charge', 4)])
        const halves = await children.results(contract, 'charge')
        return halves.reduce((sum, { result }) => sum + result, 0)
      },
      doubt: async () => {},
    },
  })
  onTestFinished(() => worker.close({ graceMs: 0 }))
  return { redis, connection, producer, worker, told, runs, refused, release, begun, client: openClient(connection) }
}
