import { setTimeout as wait } from 'node:timers/promises'
import { createProducer, createWorker } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openClient } from '../connection.ts'
import { gate } from '../queue/people.ts'
import { canRun, nativeRedis, why } from './native-redis.ts'
import { contract, doubts, open, type Refusal, refusals } from './refusals.ts'

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
      doubts.check = async () => {
        begun.push('check')
        await release.opened
        return false
      }
      onTestFinished(() => {
        doubts.check = () => true
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
