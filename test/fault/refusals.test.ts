import { setTimeout as wait } from 'node:timers/promises'
import { createProducer, createWorker, defineQueue, node } from 'brinemq'
import type { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openClient } from '../connection.ts'
import { gate } from '../queue/people.ts'
import { canRun, nativeRedis, why } from './native-redis.ts'
import { openChance, printFigures, some, whole } from './scale.ts'

let check: () => boolean | Promise<boolean> = () => true

const contract = defineQueue('refusals', {
  jobs: {
    charge: { payload: z.number(), result: z.number() },
    fail: { payload: z.number() },
    retry: { payload: z.number(), options: { attempts: 2, backoff: { type: 'fixed', delay: 50 } } },
    tick: { payload: z.number() },
    split: { payload: z.number(), result: z.number(), progress: z.number() },
    doubt: { payload: z.number().refine(() => check()) },
  },
})

interface Refusal {
  word: string
  begin: (client: Redis) => Promise<unknown>
  end: (client: Redis) => Promise<unknown>
}

const refusals: Refusal[] = [
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

async function open({ lockDuration = 1_000 } = {}) {
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

describe.skipIf(!canRun)(`a Redis that refuses to store what became of a job${why}`, () => {
  test.each(refusals)(
    'with $word, for longer than a lock lasts: every end is stored, and nothing runs twice',
    async ({ word, begin, end }) => {
      const { producer, client, runs, refused, release, begun, told } = await open()
      const charged = await producer.enqueue('charge', -1, { jobId: 'charged' })
      const failed = await producer.enqueue('fail', 1, { jobId: 'declined' })
      const retried = await producer.enqueue('retry', 1, { jobId: 'retried' })
      await expect.poll(() => begun.length).toBe(3)
      await begin(client)
      release.open()
      // BullMQ's script for the end of a job begins with a command that frees memory, so a full server stores it at once.
      if (word !== 'OOM') {
        await refused.opened
        await wait(2_500)
        expect(await charged.state()).toBe('active')
      }
      await end(client)
      expect(await charged.result({ timeoutMs: 10_000 })).toBe(-1)
      await expect(failed.result({ timeoutMs: 10_000 })).rejects.toThrow('declined')
      await retried.result({ timeoutMs: 10_000 })
      expect(Object.fromEntries(runs)).toEqual({ charged: 1, declined: 1, retried: 2 })
      expect(new Set(told.map(({ code }) => code))).toEqual(new Set(word === 'OOM' ? [] : ['REDIS_REFUSED']))
      // One of a kind and interval.
      expect(told.length).toBeLessThan(4)
    },
    60_000,
  )

  test(
    'again and again: no job fails, and none runs twice',
    async () => {
      // Longer than this process may be kept from running: a job that stalls is not one that had returned within its lock.
      const { producer, client, runs } = await open({ lockDuration: 20_000 })
      const [refusal] = refusals as [Refusal]
      const total = some(5_000)
      const chance = openChance()
      let flapping = true
      let times = 0
      const flap = (async () => {
        for (; flapping; times += 1) {
          await refusal.begin(client)
          await wait(chance(1, 2))
          await refusal.end(client)
          await wait(chance(10, 20))
        }
      })()
      const since = performance.now()
      const jobs: { result(options: { timeoutMs: number }): Promise<number> }[] = []
      // Over a minute, in a whole run. An enqueue that is refused says so; by its id it is sent again.
      for (let n = 0; n < total; n += 1) {
        await wait(since + (n * some(60_000)) / total - performance.now())
        const send = () => producer.enqueue('charge', n, { jobId: `charge-${n}` })
        let job = await send().catch(() => undefined)
        while (!job) job = await send().catch(() => undefined)
        jobs.push(job)
      }
      const ends = await Promise.allSettled(jobs.map((job) => job.result({ timeoutMs: 120_000 })))
      flapping = false
      await flap
      const twice = [...runs.values()].filter((count) => count !== 1).length
      const failed = ends.filter(({ status }) => status === 'rejected').length
      const seconds = Math.round((performance.now() - since) / 1_000)
      printFigures('min-replicas-to-write flaps', { seconds, times, jobs: total, failed, twice })
      expect(ends.filter(({ status }) => status === 'rejected')).toEqual([])
      expect(runs.size).toBe(total)
      expect(twice).toBe(0)
      expect(await producer.control.counts()).toMatchObject({ completed: total, failed: 0, active: 0 })
    },
    whole ? 180_000 : 60_000,
  )

  test('while a schedule asks for its next run: the run is not lost, nor the next', async () => {
    const { producer, client, runs } = await open()
    const [refusal] = refusals as [Refusal]
    await producer.schedules.upsert('ticks', { name: 'tick', payload: 1, repeat: { every: 300 } })
    await expect.poll(() => runs.size).toBeGreaterThan(1)
    await refusal.begin(client)
    await wait(2_000)
    await refusal.end(client)
    const before = runs.size
    await expect.poll(() => runs.size, { timeout: 10_000 }).toBeGreaterThan(before + 3)
    expect([...runs.values()].filter((count) => count !== 1)).toEqual([])
    expect((await producer.control.counts()).failed).toBe(0)
  }, 60_000)

  test.each(refusals.slice(0, 2))(
    'with $word, what a handler tells and adds waits, and so does a job on its way to quarantine',
    async ({ begin, end }) => {
      const { producer, client, release, begun, refused, told } = await open()
      const parent = await producer.enqueue('split', 1)
      const doubtful = await producer.enqueue('doubt', 1)
      check = async () => {
        begun.push('check')
        await release.opened
        return false
      }
      onTestFinished(() => {
        check = () => true
      })
      await expect.poll(() => begun).toEqual(expect.arrayContaining([parent.id, 'check']))
      await begin(client)
      release.open()
      await refused.opened
      await wait(1_500)
      await end(client)
      expect(await parent.result({ timeoutMs: 10_000 })).toBe(7)
      expect(await parent.progress()).toBe(50)
      await expect(doubtful.result({ timeoutMs: 10_000 })).rejects.toMatchObject({ code: 'JOB_QUARANTINED' })
      expect(new Set(told.map(({ code }) => code))).toEqual(new Set(['REDIS_REFUSED']))
      expect(await producer.control.counts()).toMatchObject({ failed: 0, quarantined: 1 })
    },
    60_000,
  )

  test('a worker that closes before it passes leaves nothing behind on the client that it was given', async () => {
    const redis = await nativeRedis()
    await redis.start()
    const client = openClient(`redis://127.0.0.1:${redis.port}`)
    const producer = createProducer(contract, { connection: client })
    onTestFinished(() => producer.close())
    const begun = gate()
    const release = gate()
    const worker = createWorker(contract, {
      ...{ connection: client, shutdownOnSignals: false, onError: () => {} },
      handlers: {
        charge: async () => {
          begun.open()
          await release.opened
          return 1
        },
        ...{ fail: () => {}, retry: () => {}, tick: () => {}, doubt: () => {}, split: () => 1 },
      },
    })
    await producer.enqueue('charge', 1)
    await begun.opened
    await client.config('SET', 'min-replicas-to-write', 1)
    release.open()
    await expect.poll(() => worker.bullmq.backend).toMatchObject({ unsettled: 1 })
    await worker.close({ graceMs: 200 })
    await expect.poll(() => worker.bullmq.backend).toMatchObject({ unsettled: 0 })
  }, 60_000)

  test('a worker that closes meanwhile waits for it within its grace', async () => {
    const { producer, worker, client, release, begun, refused } = await open()
    const [refusal] = refusals as [Refusal]
    const job = await producer.enqueue('charge', -5)
    await expect.poll(() => begun.length).toBe(1)
    await refusal.begin(client)
    release.open()
    await refused.opened
    const closed = worker.close({ graceMs: 20_000 })
    await wait(2_500)
    await refusal.end(client)
    await closed
    expect(await job.state()).toBe('completed')
  }, 60_000)
})
