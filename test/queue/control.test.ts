import { describe, expect, test } from 'vitest'
import { openProducer, openWorker, peopleQueue, rejection } from './people.ts'
import { enqueueAll, openRecorder } from './recorder.ts'

describe('a queue', () => {
  test('keeps its length of the stream of events, whoever looks on without saying one', async () => {
    const contract = peopleQueue()
    const { bullmq } = openProducer(contract, { streams: { events: { maxLen: 50 } } })
    await bullmq.waitUntilReady()
    await expect.poll(async () => (await bullmq.getMeta()).maxLenEvents).toBe(50)
    const other = openProducer(contract)
    await other.enqueue('anything', 1)
    await other.close()
    expect((await bullmq.getMeta()).maxLenEvents).toBe(50)
  })

  test('runs no more jobs at once than setConcurrency allows, over all workers', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    await producer.control.setConcurrency(2)
    const jobs = await enqueueAll(
      producer,
      Array.from({ length: 6 }, (_, index) => [index]),
    )
    let running = 0
    let most = 0
    const handle = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 30))
      running -= 1
    }
    for (let index = 0; index < 2; index++) openWorker(contract, handle, { concurrency: 5 })
    await Promise.all(jobs.map((job) => job.result()))
    expect(most).toBe(2)
    await producer.control.setConcurrency(undefined)
    expect(await producer.bullmq.getGlobalConcurrency()).toBeNull()
  })

  test('begins no more jobs in a time than setRateLimit allows, over all workers', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    expect(await rejection(producer.control.rateLimit(100))).toMatchObject({ code: 'OPTIONS_INVALID' })
    await producer.control.setRateLimit({ max: 2, durationMs: 600 })
    const jobs = await enqueueAll(
      producer,
      Array.from({ length: 4 }, (_, index) => [index]),
    )
    const times: number[] = []
    for (let index = 0; index < 2; index++) openWorker(contract, () => void times.push(Date.now()))
    await Promise.all(jobs.map((job) => job.result()))
    const [first = 0, , third = 0] = times.sort((a, b) => a - b)
    // A handler may have begun late, on a busy machine.
    expect(third - first).toBeGreaterThanOrEqual(300)
    await producer.control.rateLimit(60_000)
    expect(await producer.bullmq.getRateLimitTtl()).toBeGreaterThan(50_000)
    await producer.control.setRateLimit(undefined)
    expect(await producer.bullmq.getGlobalRateLimit()).toBeNull()
  })

  test('is paused and resumed, counted, drained, cleaned and obliterated', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const { control } = producer
    await control.pause()
    expect(await control.isPaused()).toBe(true)
    const jobs = await enqueueAll(producer, [['a'], ['b', { delay: 60_000 }], ['c', { priority: 1 }]])
    const none = {
      waiting: 0,
      prioritized: 0,
      delayed: 0,
      'waiting-children': 0,
      active: 0,
      completed: 0,
      failed: 0,
      quarantined: 0,
    }
    expect(await control.counts()).toEqual({ ...none, waiting: 1, prioritized: 1, delayed: 1 })
    const { seen, worker } = openRecorder(contract)
    await worker.waitUntilReady()
    await control.promoteDelayed()
    expect(await control.counts()).toMatchObject({ delayed: 0 })
    expect(seen).toEqual([])
    await control.resume()
    await Promise.all(jobs.map((job) => job.result()))
    expect(await control.counts()).toEqual({ ...none, completed: 3 })
    expect(await control.clean('completed', { limit: 2 })).toHaveLength(2)
    expect(await control.clean('completed', { olderThanMs: 60_000 })).toEqual([])
    await control.pause()
    await enqueueAll(producer, [['d'], ['e', { delay: 60_000 }]])
    await control.drain()
    expect(await control.counts()).toMatchObject({ waiting: 0, delayed: 1 })
    await control.drain({ delayed: true })
    expect(await control.counts()).toEqual({ ...none, completed: 1 })
    await control.obliterate()
    expect(await control.counts()).toEqual(none)
  })

  test('lets its failed jobs wait again', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    let fails = true
    openWorker(contract, () => {
      if (fails) throw new Error('x')
      return 'done'
    })
    const job = await producer.enqueue('anything', 1)
    await rejection(job.result())
    fails = false
    await producer.control.retryFailed()
    await expect.poll(() => producer.bullmq.getJobState(job.id)).toBe('completed')
    expect(await job.result()).toBe('done')
  })

  test('refuses values that cannot be, and says when the producer is closed', async () => {
    const producer = openProducer()
    const { control } = producer
    for (const [call, path] of [
      [() => control.setConcurrency(0), 'setConcurrency'],
      [() => control.setConcurrency(1.5), 'setConcurrency'],
      [() => control.setRateLimit({ max: 0, durationMs: 1 }), 'setRateLimit.max'],
      [() => control.setRateLimit({ max: 1, durationMs: 0 }), 'setRateLimit.durationMs'],
      [() => control.rateLimit(0), 'rateLimit'],
      [() => control.clean('failed', { limit: 0 }), 'clean.limit'],
      [() => control.clean('failed', { olderThanMs: -1 }), 'clean.olderThanMs'],
    ] as const) {
      expect(await rejection(call())).toMatchObject({ code: 'OPTIONS_INVALID', path: `control.${path}` })
    }
    for (const [call, path] of [
      // @ts-expect-error: each is misspelt.
      [() => control.clean('failed', { olderThan: 5 }), 'olderThan'],
      // @ts-expect-error
      [() => control.drain({ delay: true }), 'delay'],
      // @ts-expect-error
      [() => control.obliterate({ forced: true }), 'forced'],
    ] as const) {
      expect(await rejection(call())).toMatchObject({ code: 'OPTIONS_INVALID', path })
    }
    await producer.close()
    expect(await rejection(control.counts())).toMatchObject({ code: 'CLOSED' })
  })
})
