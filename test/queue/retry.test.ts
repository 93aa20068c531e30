import { BrineError, type WorkerOptions } from 'brinemq'
import { describe, expect, test } from 'vitest'
import { openProducer, openWorker, type People, Person, peopleQueue, rejection, TooYoung, untyped } from './people.ts'

const ada = new Person('Ada', 7)

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

  test("is followed after the time that the worker's `backoff` gives for a type of the user's own", async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const asked: unknown[] = []
    const times: number[] = []
    const fail = () => {
      times.push(Date.now())
      throw new TooYoung(ada)
    }
    openWorker(contract, fail, {
      async backoff(error, job) {
        asked.push(error, job)
        return 150
      },
    })
    const job = await producer.enqueue('anything', 1, { attempts: 2, backoff: { type: 'mine' }, jobId: 'a' })
    await rejection(job.result())
    const told = { id: 'a', name: 'anything', attempt: 1, maxAttempts: 2, type: 'mine' }
    expect(asked).toEqual([expect.any(TooYoung), told])
    expect(Number(times[1]) - Number(times[0])).toBeGreaterThanOrEqual(149)
  })

  test.each([
    ['gives no time', () => Number.NaN],
    ['throws', () => Promise.reject(new BrineError('OPTIONS_INVALID', 'mine'))],
  ])('is followed at once when `backoff` %s, and it is reported', async (_title, backoff) => {
    const contract = peopleQueue()
    const told: unknown[] = []
    const fail = () => {
      throw new TooYoung(ada)
    }
    openWorker(contract, fail, { backoff, onError: (error) => told.push(error) })
    const job = await openProducer(contract).enqueue('anything', 1, { attempts: 2, backoff: { type: 'mine' } })
    expect(await rejection(job.result())).toBeInstanceOf(TooYoung)
    expect(told).toEqual([expect.objectContaining({ code: 'OPTIONS_INVALID' })])
  })

  test('has one backoff: by the worker, or by its settings as BullMQ has them', () => {
    const settings = { backoffStrategy: () => 1 }
    for (const options of [{ backoff: () => 1, settings }, { backoff: JSON.parse('5') }]) {
      expect(() => openWorker(peopleQueue(), () => {}, options)).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID', path: 'backoff' }),
      )
    }
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
