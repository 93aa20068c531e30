import { createInline, createTestClock, type InlineOptions } from 'brinemq/testing'
import { UnrecoverableError } from 'bullmq'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineQueue } from '../../src/contract/define-queue.ts'
import { type People, Person, peopleQueue, rejection, TooYoung } from '../queue/people.ts'

const ada = new Person('Ada', 36)
const people = peopleQueue()

type Anything = InlineOptions<People>['handlers']['anything']

function open(anything: Anything, options: Partial<InlineOptions<People>> = {}) {
  return createInline(people, {
    handlers: {
      greet: async ({ person: who, at }) => ({ text: `Hi ${who}`, greetedAt: at, friends: [who] }),
      anything,
    },
    ...options,
  })
}

describe('inline', () => {
  test('runs the handler at once, with a copy of its class, and gives the result', async () => {
    const seen: unknown[] = []
    const inline = open((payload, { id, name, attempt, maxAttempts, enqueuedAt }) => {
      seen.push(payload, id, name, attempt, maxAttempts, enqueuedAt)
      return payload
    })
    const job = await inline.enqueue('anything', ada, { jobId: 'a', attempts: 2 })
    expect(seen).toEqual([ada, 'a', 'anything', 1, 2, inline.clock.now])
    expect(seen[0]).not.toBe(ada)
    const result = await job.result()
    expect(result).toEqual(ada)
    expect(result).not.toBe(seen[0])
    expect(await (await inline.enqueue('greet', { person: ada, at: new Date(5) })).result()).toEqual({
      text: 'Hi Ada 36',
      greetedAt: new Date(5),
      friends: [ada],
    })
  })

  test("gives the handler's error by its result, as its class, and not by the enqueue", async () => {
    const inline = open(() => {
      throw new TooYoung(ada, { cause: new RangeError('7 < 18') })
    })
    const job = await inline.enqueue('anything', 1)
    const error = await rejection(job.result())
    expect(error).toBeInstanceOf(TooYoung)
    expect(error).toMatchObject({ person: ada, cause: { message: '7 < 18' } })
  })

  test.each([
    ['a result that its schema refuses', 'RESULT_INVALID', () => ({ text: 5 })],
    ['a result that cannot travel', 'UNSUPPORTED_VALUE', () => ({ text: 'x', notify: () => 1 })],
  ])('fails a job at once for %s, whatever its attempts', async (_title, code, result) => {
    const attempts: number[] = []
    const queue = defineQueue('q', {
      jobs: { a: { payload: z.unknown(), result: z.looseObject({ text: z.string() }) } },
    })
    const inline = createInline(queue, {
      handlers: {
        a: (_payload, { attempt }) => {
          attempts.push(attempt)
          return Reflect.apply(result, undefined, [])
        },
      },
    })
    expect(await rejection((await inline.enqueue('a', 1, { attempts: 3 })).result())).toMatchObject({ code, job: 'a' })
    expect(attempts).toEqual([1])
  })

  test('puts a job in quarantine whose payload a transform refuses', async () => {
    const queue = defineQueue('q', {
      jobs: {
        a: {
          payload: z
            .object({ n: z.number() })
            .transform(({ n }) => 1 / n)
            .pipe(z.number().max(10)),
        },
      },
    })
    const inline = createInline(queue, { handlers: { a: (n) => n } })
    const refused = await inline.enqueue('a', { n: 0 }, { attempts: 3, removeOnFail: true })
    const told = { code: 'JOB_QUARANTINED', job: 'a', path: '$', cause: { code: 'PAYLOAD_INVALID' } }
    expect(await rejection(refused.result())).toMatchObject(told)
    expect(await refused.state()).toBe('quarantined')
    expect(await inline.control.counts()).toMatchObject({ quarantined: 1, failed: 0 })
    expect(await (await inline.enqueue('a', { n: 0.5 })).result()).toBe(2)
    expect(await inline.drain()).toMatchObject([{ state: 'quarantined', error: told }, { state: 'completed' }])
  })

  test('retries at once, and with a backoff when the clock comes there', async () => {
    const times: number[] = []
    const inline = open((payload, { attempt }) => {
      times.push(inline.clock.now.getTime())
      if (attempt < 3) throw new Error(`attempt ${attempt}`)
      return payload
    })
    const start = inline.clock.now.getTime()
    expect(await (await inline.enqueue('anything', 1, { attempts: 3 })).result()).toBe(1)
    expect(times.splice(0)).toEqual([start, start, start])

    const job = await inline.enqueue('anything', 2, { attempts: 3, backoff: { type: 'exponential', delay: 100 } })
    expect(times).toEqual([start])
    await inline.clock.advance(99)
    expect(times).toEqual([start])
    await inline.clock.advance(1)
    expect(times).toEqual([start, start + 100])
    await inline.clock.advance(1_000)
    expect(times).toEqual([start, start + 100, start + 300])
    expect(await job.result()).toBe(2)
    expect(inline.clock.now.getTime()).toBe(start + 1_100)
  })

  test("asks the user's backoff strategy, with the error that the handler threw", async () => {
    const asked: unknown[] = []
    const inline = open(
      () => {
        throw new TooYoung(ada)
      },
      {
        settings: {
          backoffStrategy: (attempts, _type, error) => {
            asked.push([attempts, error])
            return 250
          },
        },
      },
    )
    const job = await inline.enqueue('anything', 1, { attempts: 2, backoff: { type: 'mine' } })
    await inline.clock.advance(250)
    expect(await rejection(job.result())).toBeInstanceOf(TooYoung)
    expect(asked).toEqual([[1, expect.any(TooYoung)]])
  })

  test("does not retry after BullMQ's UnrecoverableError", async () => {
    const inline = open(() => {
      throw new UnrecoverableError('no')
    })
    await inline.enqueue('anything', 1, { attempts: 3 })
    expect(await inline.drain()).toMatchObject([{ state: 'failed', attempts: 1, error: { message: 'no' } }])
  })

  test('runs a delayed job when the clock comes there, and none of those that are not due', async () => {
    const ran: unknown[] = []
    const inline = open((payload) => ran.push(payload))
    await inline.enqueue('anything', 'late', { delay: 200 })
    const early = await inline.enqueue('anything', 'early', { delay: 100 })
    const result = early.result()
    await inline.clock.advance(150)
    expect(ran).toEqual(['early'])
    expect(await result).toBe(1)
    await inline.clock.advance(50)
    expect(ran).toEqual(['early', 'late'])
  })

  test('runs what a handler enqueues, whose results it may wait for', async () => {
    const inline = open(async (payload, { name }) => {
      if (payload === 'child') return `${name} done`
      return await (await inline.enqueue('anything', 'child')).result()
    })
    expect(await (await inline.enqueue('anything', 'parent')).result()).toBe('anything done')
  })

  test('checks progress, and leaves it and logs to whoever asks', async () => {
    const errors: Error[] = []
    const inline = createInline(people, {
      handlers: {
        greet: async ({ person: who }, { progress, log }) => {
          await progress({ percent: 50 })
          await log('half')
          await rejection(Reflect.apply(progress, undefined, [{ percent: 'half' }]))
          return { text: '', greetedAt: new Date(0), friends: [who] }
        },
        anything: () => {},
      },
      onError: (error) => errors.push(error),
    })
    await (await inline.enqueue('greet', { person: ada, at: new Date() })).result()
    expect(errors).toMatchObject([{ code: 'PROGRESS_INVALID', job: 'greet' }])
  })

  test('tells of the queue no more after it was closed', async () => {
    const inline = open(() => 1)
    await inline.close()
    expect(await rejection(inline.enqueue('anything', 1))).toMatchObject({ code: 'CLOSED' })
  })
})

describe('drain', () => {
  test('runs all that waits, delays and retries included, and reports how it ended, in order', async () => {
    const inline = open((payload, { attempt }) => {
      if (payload === 'bad') throw new TooYoung(ada)
      if (payload === 'flaky' && attempt < 3) throw new Error('again')
      return payload
    })
    const start = inline.clock.now.getTime()
    await inline.enqueue('anything', 'late', { delay: 86_400_000 })
    await inline.enqueue('anything', 'flaky', { attempts: 5, backoff: 1_000 })
    await inline.enqueue('anything', 'bad', { attempts: 2, backoff: 500 })
    const { id } = await inline.enqueue('anything', ada, { removeOnComplete: true })
    expect(await inline.drain()).toEqual([
      { id, name: 'anything', attempts: 1, state: 'completed', result: ada },
      { id: expect.any(String), name: 'anything', attempts: 2, state: 'failed', error: expect.any(TooYoung) },
      { id: expect.any(String), name: 'anything', attempts: 3, state: 'completed', result: 'flaky' },
      { id: expect.any(String), name: 'anything', attempts: 1, state: 'completed', result: 'late' },
    ])
    expect(inline.clock.now.getTime()).toBe(start + 86_400_000)
    expect(await inline.drain()).toEqual([])
  })

  test("takes jobs in BullMQ's order when they were left to wait", async () => {
    const ran: unknown[] = []
    const inline = open((payload) => ran.push(payload), { autorun: false })
    await inline.enqueueBulk([
      { name: 'anything', payload: 'priority 2', options: { priority: 2 } },
      { name: 'anything', payload: 'priority 1', options: { priority: 1 } },
      { name: 'anything', payload: 'first' },
      { name: 'anything', payload: 'second' },
      { name: 'anything', payload: 'lifo', options: { lifo: true } },
    ])
    expect(ran).toEqual([])
    await inline.drain()
    expect(ran).toEqual(['lifo', 'first', 'second', 'priority 1', 'priority 2'])
  })

  test('goes through several queues that share a clock', async () => {
    const clock = createTestClock(new Date(0))
    const ran: string[] = []
    const letters = defineQueue('letters', { jobs: { send: { payload: z.string() } } })
    const mail = createInline(letters, {
      clock,
      handlers: { send: (to) => ran.push(`${to} at ${clock.now.getTime()}`) },
    })
    const inline = open(
      async (payload) => {
        await mail.enqueue('send', String(payload), { delay: 100 })
      },
      { clock },
    )
    await inline.enqueue('anything', 'Ada', { delay: 1_000 })
    await inline.drain()
    await mail.drain()
    expect(ran).toEqual(['Ada at 1100'])
  })
})

describe('deduplication in memory', () => {
  const options = (mode: object) => ({ deduplication: { id: 'd', ...mode } })

  test('lets one through until it has ended', async () => {
    const ran: unknown[] = []
    const inline = open((payload) => ran.push(payload))
    await inline.enqueue('anything', 1, { ...options({}), delay: 100 })
    await inline.enqueue('anything', 2, options({}))
    await inline.clock.advance(100)
    await inline.enqueue('anything', 3, options({}))
    expect(ran).toEqual([1, 3])
  })

  test('puts off the end of its time, and replaces a job that is delayed', async () => {
    const ran: unknown[] = []
    const inline = open((payload) => ran.push(payload))
    const first = await inline.enqueue('anything', 1, {
      ...options({ ttl: 100, extend: true, replace: true }),
      delay: 100,
    })
    await inline.clock.advance(60)
    await inline.enqueue('anything', 2, { ...options({ ttl: 100, extend: true, replace: true }), delay: 100 })
    expect(await rejection(first.result())).toMatchObject({ code: 'JOB_REMOVED' })
    await inline.drain()
    expect(ran).toEqual([2])
  })

  test('keeps the last that came while one was active', async () => {
    const ran: unknown[] = []
    const inline = open(async (payload) => {
      ran.push(payload)
      if (payload !== 1) return
      await inline.enqueue('anything', 2, options({ keepLastIfActive: true }))
      await inline.enqueue('anything', 3, options({ keepLastIfActive: true }))
    })
    await inline.enqueue('anything', 1, options({ keepLastIfActive: true }))
    await inline.drain()
    expect(ran).toEqual([1, 3])
  })
})

describe('a handle in memory', () => {
  test('tells state, progress, logs and times, as in production', async () => {
    const inline = createInline(people, {
      clock: createTestClock(new Date(0)),
      handlers: {
        greet: async ({ person: who }, { progress, log }) => {
          await progress({ percent: 50 })
          await log('half')
          await log('whole')
          return { text: '', greetedAt: new Date(0), friends: [who] }
        },
        anything: () => {},
      },
    })
    const job = await inline.enqueue('greet', { person: ada, at: new Date() }, { delay: 100 })
    expect(await job.state()).toBe('delayed')
    expect(await job.progress()).toBeUndefined()
    await inline.clock.advance(100)
    expect(await job.state()).toBe('completed')
    expect(await job.progress()).toEqual({ percent: 50 })
    expect(await job.logs({ start: 1 })).toEqual({ logs: ['whole'], count: 2 })
    expect(await job.info()).toMatchObject({
      attempts: 1,
      starts: 1,
      enqueuedAt: new Date(0),
      startedAt: new Date(100),
    })
  })

  test('cancels a job that waits, and one that runs', async () => {
    let running = () => {}
    const started = new Promise<void>((resolve) => {
      running = resolve
    })
    const inline = open(
      (_payload, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          running()
        }),
    )
    const waits = await inline.enqueue('anything', 1, { delay: 100 })
    expect(await waits.cancel('enough')).toBe('removed')
    expect(await rejection(waits.result())).toMatchObject({ code: 'JOB_CANCELLED' })
    expect(await waits.state()).toBe('missing')
    const enqueued = inline.enqueue('anything', 2, { jobId: 'runs', attempts: 3 })
    await started
    expect(await inline.job('anything', 'runs').cancel()).toBe('requested')
    expect(await rejection((await enqueued).result())).toMatchObject({ code: 'JOB_CANCELLED' })
  })

  test('lets a job that failed run again, and a delayed one now', async () => {
    let fails = true
    const inline = open((payload) => {
      if (fails) throw new Error('no')
      return payload
    })
    const job = await inline.enqueue('anything', 1)
    expect(await rejection(job.promote())).toMatchObject({ code: 'JOB_STATE_INVALID' })
    expect(await rejection(job.result())).toMatchObject({ message: 'no' })
    fails = false
    await job.retry()
    expect(await job.result()).toBe(1)
    const delayed = await inline.enqueue('anything', 2, { delay: 100 })
    await delayed.promote()
    expect(await delayed.result()).toBe(2)
    await job.remove()
    expect(await job.state()).toBe('missing')
  })
})

test('maps payloads to outcomes in memory', async () => {
  const inline = open((payload) => payload)
  const outcomes: unknown[] = []
  for await (const outcome of inline.map('anything', [ada, () => 1], { ordered: true })) outcomes.push(outcome)
  expect(outcomes).toMatchObject([
    { status: 'completed', result: ada },
    { status: 'failed', error: { code: 'UNSUPPORTED_VALUE' } },
  ])
})

describe('inline, as the worker has it', () => {
  test("puts a job back at no attempt's cost, and stops taking jobs at a rate limit", async () => {
    const clock = createTestClock(new Date(0))
    const ran: [unknown, number, number][] = []
    const inline = open(
      (payload, { attempt, delay, rateLimit }) => {
        const times = ran.filter(([other]) => other === payload).length
        ran.push([payload, attempt, clock.now.getTime()])
        if (payload === 'delay' && times === 0) throw delay(250)
        if (payload === '429' && times === 0) throw rateLimit(1_000)
      },
      { clock },
    )
    await inline.enqueue('anything', 'delay')
    await inline.enqueue('anything', '429')
    await inline.enqueue('anything', 'other')
    expect(await inline.drain()).toHaveLength(3)
    expect(ran).toEqual([
      ['delay', 1, 0],
      ['429', 1, 0],
      ['429', 1, 1_000],
      ['other', 1, 1_000],
      ['delay', 1, 1_000],
    ])
  })

  test('asks retry, and runs middlewares of handlers and of enqueues', async () => {
    const told: string[] = []
    const inline = open(
      () => {
        throw new RangeError('no')
      },
      {
        retry: (_error, { attempt }) => (attempt === 1 ? { delayMs: 70 } : false),
        use: [
          (job, next) => {
            told.push(`handle ${job.name} ${job.metadata}`)
            return next()
          },
        ],
        enqueues: [
          (job, next) => {
            told.push(`enqueue ${job.name}`)
            return next({ telemetry: { metadata: 'trace' } })
          },
        ],
      },
    )
    await inline.enqueueBulk([{ name: 'anything', payload: 1, options: { attempts: 5 } }])
    await inline.clock.advance(69)
    expect(told).toEqual(['enqueue anything', 'handle anything trace'])
    expect(await inline.drain()).toMatchObject([{ state: 'failed', attempts: 2, error: { message: 'no' } }])
  })
})
