import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { WorkerOptions } from '../../src/queue/worker/worker-options.ts'
import {
  gate,
  openProducer,
  openWorker,
  type People,
  Person,
  peopleQueue,
  rejection,
  TooYoung,
  untyped,
} from './people.ts'

const ada = new Person('Ada', 7)

/** A worker that notes what it handles, in its order. */
function openRecorder(contract: People, options: Partial<WorkerOptions<People>> = {}) {
  const seen: unknown[] = []
  const worker = openWorker(contract, (payload) => void seen.push(payload), options)
  return { seen, worker }
}

async function enqueueAll(producer: ReturnType<typeof openProducer>, items: [payload: unknown, options?: object][]) {
  const jobs = []
  for (const [payload, options] of items) jobs.push(await producer.enqueue('anything', payload, options))
  return jobs
}

describe('the order of jobs', () => {
  test('is first in, first out; priorities come after those without, lower numbers first; lifo goes to the front', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const jobs = await enqueueAll(producer, [
      ['low', { priority: 10 }],
      ['first'],
      ['high', { priority: 1 }],
      ['second'],
      ['last in', { lifo: true }],
    ])
    const { seen } = openRecorder(contract)
    await Promise.all(jobs.map((job) => job.result()))
    expect(seen).toEqual(['last in', 'first', 'second', 'high', 'low'])
  })
})

describe('deduplication', () => {
  test('simple: one job of an id until it ends', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const options = { deduplication: { id: 'one' } }
    const [first, second] = await enqueueAll(producer, [
      ['a', options],
      ['b', options],
    ])
    expect(second?.id).toBe(first?.id)
    const { seen } = openRecorder(contract)
    await first?.result()
    expect((await producer.enqueue('anything', 'c', options)).id).not.toBe(first?.id)
    expect(seen[0]).toBe('a')
  })

  test('throttle: one job of an id within its ttl, even when that has ended', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const options = { deduplication: { id: 'one', ttl: 60_000 } }
    openRecorder(contract)
    const first = await producer.enqueue('anything', 'a', options)
    await first.result()
    expect((await producer.enqueue('anything', 'b', options)).id).toBe(first.id)
    expect(await producer.control.releaseDeduplication('one')).toBe(true)
    expect(await producer.control.releaseDeduplication('one')).toBe(false)
    expect((await producer.enqueue('anything', 'c', options)).id).not.toBe(first.id)
  })

  test('debounce: the last payload replaces the delayed one', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const options = { delay: 50, deduplication: { id: 'one', ttl: 50, extend: true, replace: true } }
    const { seen } = openRecorder(contract)
    const jobs = await enqueueAll(producer, [
      [{ text: 'a' }, options],
      [{ text: 'b' }, options],
      [{ text: 'c', who: ada }, options],
    ])
    await jobs.at(-1)?.result()
    expect(seen).toEqual([{ text: 'c', who: ada }])
  })

  test('reschedule: the delayed job keeps its payload, and its time moves', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const deduplication = { id: 'one', reschedule: true }
    const [first, second] = await enqueueAll(producer, [
      ['a', { delay: 60_000, deduplication }],
      ['b', { delay: 1, deduplication }],
    ])
    expect(second?.id).toBe(first?.id)
    const { seen } = openRecorder(contract)
    await first?.result()
    expect(seen).toEqual(['a'])
  })

  test('keepLastIfActive: the last payload that came meanwhile runs when the job has ended', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const options = { deduplication: { id: 'one', keepLastIfActive: true } }
    const { open, opened } = gate()
    const last = gate()
    const seen: unknown[] = []
    const worker = openWorker(contract, async (payload) => {
      if (seen.push(payload) === 1) await opened
      else last.open()
    })
    const active = once(worker.bullmq, 'active')
    await producer.enqueue('anything', 'a', options)
    await active
    await enqueueAll(producer, [
      ['b', options],
      [ada, options],
    ])
    open()
    await last.opened
    expect(seen).toEqual(['a', ada])
  })
})

describe('a failed attempt', () => {
  async function failing(retry: WorkerOptions<People>['retry'], thrown: () => unknown, options: object) {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const told: unknown[] = []
    const times: number[] = []
    openWorker(
      contract,
      () => {
        times.push(Date.now())
        throw thrown()
      },
      { retry, onError: (error) => told.push(error) },
    )
    const job = await producer.enqueue('anything', 1, options)
    const error = await rejection(job.result())
    return { times, error, told }
  }

  test('is the last one when `retry` says so of its error, and another follows when it says so', async () => {
    const asked: unknown[] = []
    const { times, error } = await failing(
      (error, job) => {
        asked.push(job)
        return !(error instanceof TooYoung)
      },
      () => new TooYoung(ada),
      { attempts: 3, jobId: 'a' },
    )
    expect([times.length, error]).toEqual([1, expect.any(TooYoung)])
    expect(asked).toEqual([{ id: 'a', name: 'anything', attempt: 1, maxAttempts: 3 }])
    const unrecoverable = () => Object.assign(new Error('x'), { name: 'UnrecoverableError' })
    expect((await failing(() => true, unrecoverable, { attempts: 3 })).times).toHaveLength(3)
    expect((await failing(() => undefined, unrecoverable, { attempts: 3 })).times).toHaveLength(1)
  })

  test('is followed after the time that `retry` gives, whatever the backoff of the job', async () => {
    const { times } = await failing(
      (_error, { attempt }) => ({ delayMs: attempt === 1 ? 0 : 200 }),
      () => new Error('x'),
      {
        attempts: 3,
        backoff: { type: 'fixed', delay: 60_000 },
      },
    )
    const [first = 0, second = 0, third = 0] = times
    expect(second - first).toBeLessThan(200)
    expect(third - second).toBeGreaterThanOrEqual(199)
  })

  test('ends as without `retry` when that throws or makes no sense, and it is reported', async () => {
    for (const decision of [Promise.resolve(true), { delayMs: -1 }, 1]) {
      const { told, times } = await failing(
        untyped<boolean>(() => decision as never),
        () => new Error('x'),
        { attempts: 2 },
      )
      expect([times.length, told]).toEqual([2, [expect.objectContaining({ code: 'OPTIONS_INVALID' })]])
    }
    const throws = () => {
      throw new RangeError('mine')
    }
    expect((await failing(throws, () => new Error('x'), { attempts: 2 })).told).toEqual([expect.any(RangeError)])
  })

  test.each([
    [{ type: 'exponential', delay: 50, jitter: 0 }, 50, 100],
    [{ type: 'fixed', delay: 100, jitter: 0.5 }, 50, 50],
  ])('backs off as its options say: %o', async (backoff, least, next) => {
    const { times } = await failing(undefined, () => new Error('x'), { attempts: 3, backoff })
    const [first = 0, second = 0, third = 0] = times
    expect(second - first).toBeGreaterThanOrEqual(least - 1)
    expect(third - second).toBeGreaterThanOrEqual(next - 1)
  })
})

describe('a handler', () => {
  test('delays its job at no attempt’s cost', async () => {
    const contract = peopleQueue()
    const job = await openProducer(contract).enqueue('anything', 1)
    const times: number[] = []
    openWorker(contract, (_payload, { delay, attempt }) => {
      if (times.push(Date.now()) === 1) throw delay(150)
      return attempt
    })
    expect(await job.result()).toBe(1)
    expect(Number(times[1]) - Number(times[0])).toBeGreaterThanOrEqual(149)
  })

  test('limits the rate of the whole queue at no attempt’s cost, for workers that set no limit too', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const times: [unknown, number, number][] = []
    const handle = (
      payload: unknown,
      { rateLimit, attempt }: { rateLimit: (ms: number) => unknown; attempt: number },
    ) => {
      times.push([payload, Date.now(), attempt])
      if (times.length === 1) throw rateLimit(400)
    }
    const first = await producer.enqueue('anything', 'first')
    const worker = openWorker(contract, handle)
    const limited = new Promise<void>((resolve) => {
      const look = async () => ((await producer.bullmq.getRateLimitTtl()) > 0 ? resolve() : setImmediate(look))
      void look()
    })
    await limited
    openWorker(contract, handle)
    const second = await producer.enqueue('anything', 'second')
    await Promise.all([first.result(), second.result()])
    expect(worker.bullmq.isRunning()).toBe(true)
    expect(times).toHaveLength(3)
    for (const [, at, attempt] of times.slice(1)) {
      expect(at - Number(times[0]?.[1])).toBeGreaterThanOrEqual(395)
      expect(attempt).toBe(1)
    }
  })

  test('is told when it asks for a time that cannot be', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    openWorker(contract, (ms, { delay }) => {
      throw delay(Number(ms))
    })
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const error = await rejection((await producer.enqueue('anything', ms)).result())
      expect(error).toMatchObject({ code: 'OPTIONS_INVALID', path: 'context.delay' })
    }
  })
})

describe('a queue', () => {
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
    await producer.control.setRateLimit({ max: 2, durationMs: 300 })
    const jobs = await enqueueAll(
      producer,
      Array.from({ length: 4 }, (_, index) => [index]),
    )
    const times: number[] = []
    for (let index = 0; index < 2; index++) openWorker(contract, () => void times.push(Date.now()))
    await Promise.all(jobs.map((job) => job.result()))
    const [first = 0, , third = 0] = times.sort((a, b) => a - b)
    expect(third - first).toBeGreaterThanOrEqual(290)
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
    const none = { waiting: 0, prioritized: 0, delayed: 0, 'waiting-children': 0, active: 0, completed: 0, failed: 0 }
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
    await producer.close()
    expect(await rejection(control.counts())).toMatchObject({ code: 'CLOSED' })
  })
})
