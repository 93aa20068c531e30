import { AssertionError } from 'node:assert'
import { createProducer, defineQueue, type Producer } from 'brinemq'
import { createFakeProducer, createTestClock } from 'brinemq/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { redisUrl } from '../connection.ts'
import { Person, peopleQueue, rejection, TooYoung } from '../queue/people.ts'

const ada = new Person('Ada', 36)
const at = new Date(5)
const people = peopleQueue()

const texts = defineQueue('texts', {
  jobs: {
    measure: { payload: z.string().transform((text) => text.length), result: z.number() },
    late: {
      payload: z
        .object({ n: z.number() })
        .transform(({ n }) => 1 / n)
        .pipe(z.number().max(10)),
    },
    often: { payload: z.unknown(), options: { attempts: 3, delay: 50 } },
  },
})

/** As a user would write it: it knows of no test. */
async function signUp(producer: Producer<typeof people>, who: Person): Promise<string> {
  const job = await producer.enqueue('greet', { person: who, at }, { delay: 500 })
  return job.id
}

describe('a fake producer', () => {
  test('captures a job as its handler would receive it: a copy, with its class', async () => {
    const fake = createFakeProducer(people)
    const id = await signUp(fake, ada)
    expect(fake.jobs).toEqual([{ id, name: 'greet', payload: { person: ada, at }, options: { jobId: id, delay: 500 } }])
    const [job] = fake.enqueued('greet')
    expect(job?.payload.person).toBeInstanceOf(Person)
    expect(job?.payload.person).not.toBe(ada)
    expect(`${job?.payload.person}`).toBe('Ada 36')
    expect(fake.enqueued('anything')).toEqual([])
  })

  test.each([
    ['a payload that its schema refuses', 'greet', { person: ada, at: 'now' }, {}, 'PAYLOAD_INVALID'],
    ['a function', 'anything', { notify: () => 1 }, {}, 'UNSUPPORTED_VALUE'],
    ['an instance of a class without a model', 'anything', new (class Odd {})(), {}, 'UNREGISTERED_CLASS'],
    ['a job that the contract does not have', 'grete', 1, {}, 'JOB_UNKNOWN'],
    ['an option that is misspelt', 'anything', 1, { delai: 5 }, 'OPTIONS_INVALID'],
    ['an option that BullMQ refuses', 'anything', 1, { backoff: { type: 'fixed', jitter: 2 } }, 'OPTIONS_INVALID'],
    ['an id that is a key of the queue', 'anything', 1, { jobId: 'wait' }, 'OPTIONS_INVALID'],
  ])('refuses %s, as production does', async (_title, name, payload, options, code) => {
    const fake = createFakeProducer(people)
    const real = createProducer(people, { connection: redisUrl })
    const errors: unknown[] = []
    for (const producer of [fake, real]) {
      errors.push(await rejection(Reflect.apply(producer.enqueue, producer, [name, payload, options])))
    }
    await real.close()
    expect(errors[0]).toMatchObject({ code })
    expect(String(errors[0])).toBe(String(errors[1]))
    expect(fake.jobs).toEqual([])
  })

  test('gives what transforms make of a payload, and refuses one that its worker would refuse', async () => {
    const fake = createFakeProducer(texts)
    await fake.enqueue('measure', 'four')
    expect(fake.enqueued('measure')[0]?.payload).toBe(4)
    expect(await rejection(fake.enqueue('late', { n: 0 }))).toMatchObject({ code: 'PAYLOAD_INVALID', job: 'late' })
  })

  test('shows the options that BullMQ would get, the defaults of the contract among them', async () => {
    const fake = createFakeProducer(texts)
    await fake.enqueue('often', 1, { delay: 5, jobId: 'a' })
    expect(fake.jobs[0]).toMatchObject({ id: 'a', options: { attempts: 3, delay: 5 } })
  })

  test('captures a bulk whole or not at all', async () => {
    const fake = createFakeProducer(people)
    const items = [
      { name: 'anything', payload: 1 },
      { name: 'anything', payload: () => 2 },
    ] as const
    expect(await rejection(fake.enqueueBulk(items))).toMatchObject({ path: '$[1].payload' })
    expect(fake.jobs).toEqual([])
    const handles = await fake.enqueueBulk(items.slice(0, 1))
    expect(fake.jobs.map(({ id }) => id)).toEqual(handles.map(({ id }) => id))
  })

  test('adds nothing for an id that exists, nor for a deduplication that holds, and forgets both', async () => {
    const clock = createTestClock()
    const fake = createFakeProducer(people, { clock })
    await fake.enqueue('anything', 1, { jobId: 'a' })
    expect((await fake.enqueue('anything', 2, { jobId: 'a' })).id).toBe('a')
    const first = await fake.enqueue('anything', 3, { deduplication: { id: 'd', ttl: 100 } })
    expect((await fake.enqueue('anything', 4, { deduplication: { id: 'd', ttl: 100 } })).id).toBe(first.id)
    expect(fake.jobs.map(({ payload }) => payload)).toEqual([1, 3])
    await clock.advance(100)
    await fake.enqueue('anything', 5, { deduplication: { id: 'd', ttl: 100 } })
    expect(fake.jobs.map(({ payload }) => payload)).toEqual([1, 3, 5])
    fake.clear()
    await fake.enqueue('anything', 6, { jobId: 'a' })
    expect(fake.jobs.map(({ payload }) => payload)).toEqual([6])
  })

  test('gives the result that the test sets, as a copy through the codec', async () => {
    const fake = createFakeProducer(people)
    const job = await fake.enqueue('greet', { person: ada, at })
    const result = { text: 'Hi', greetedAt: at, friends: [ada] }
    const given = job.result()
    await fake.complete(job, result)
    expect(await given).toEqual(result)
    expect((await given).friends[0]).not.toBe(ada)
    expect(await fake.job('greet', job.id).result()).toEqual(result)
  })

  test('refuses a result that would fail the job, and one for a job that is not there', async () => {
    const fake = createFakeProducer(people)
    const { id } = await fake.enqueue('greet', { person: ada, at })
    expect(await rejection(fake.complete(id, { text: 5 }))).toMatchObject({ code: 'RESULT_INVALID' })
    expect(await rejection(fake.complete('nobody', 1))).toMatchObject({ code: 'JOB_REMOVED' })
    expect(await rejection(fake.job('greet', 'nobody').result())).toMatchObject({ code: 'JOB_REMOVED' })
  })

  test("rejects with the error that the test sets, as its class, and with RESULT_TIMEOUT by the test's clock", async () => {
    const fake = createFakeProducer(people)
    const job = await fake.enqueue('anything', 1)
    const late = rejection(job.result({ timeoutMs: 100 }))
    await fake.clock.advance(100)
    expect(await late).toMatchObject({ code: 'RESULT_TIMEOUT' })
    fake.fail(job, new TooYoung(ada, { cause: new RangeError('7 < 18') }))
    const error = await rejection(job.result())
    expect(error).toBeInstanceOf(TooYoung)
    expect(error).toMatchObject({ person: ada, cause: { message: '7 < 18' } })
  })

  test('is closed when the code under test closes it', async () => {
    const fake = createFakeProducer(people)
    const job = await fake.enqueue('anything', 1)
    const result = rejection(job.result())
    await fake.close()
    expect(await result).toMatchObject({ code: 'CLOSED' })
    expect(await rejection(fake.enqueue('anything', 1))).toMatchObject({ code: 'CLOSED' })
  })

  test('has every member that a producer has, or says that it needs a Redis', async () => {
    const fake = createFakeProducer(people)
    const real = createProducer(people, { connection: redisUrl })
    await real.close()
    expect(Object.keys(fake)).toEqual(expect.arrayContaining(Object.keys(real)))
    expect(() => fake.bullmq).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
  })
})

describe('expectEnqueued', () => {
  async function greeted() {
    const fake = createFakeProducer(people)
    await fake.enqueue('greet', { person: ada, at }, { delay: 500 })
    await fake.enqueue('greet', { person: new Person('John', 20), at })
    return fake
  }

  test('finds a job by a part of its payload, by instances, by matchers, by a function, and by its options', async () => {
    const fake = await greeted()
    expect(fake.expectEnqueued('greet').payload.person.name).toBe('Ada')
    expect(fake.expectEnqueued('greet', { person: { name: 'John' } }).payload.person.age).toBe(20)
    fake.expectEnqueued('greet', { person: new Person('John', 20), at: new Date(5) })
    fake.expectEnqueued('greet', { at: expect.any(Date) })
    fake.expectEnqueued('greet', ({ person }) => person.age > 30)
    fake.expectEnqueued('greet', { person: ada }, { delay: 500 })
    fake.expectNotEnqueued('greet', { person: { name: 'Eve' } })
    fake.expectNotEnqueued('anything')
  })

  test('fails with a plain AssertionError that shows what was enqueued instead', async () => {
    const fake = await greeted()
    const failure = () => fake.expectEnqueued('greet', { person: { name: 'Eve' } })
    expect(failure).toThrow(AssertionError)
    expect(failure).toThrow(`expected a job 'greet' to be enqueued that has a payload with
  { person: { name: 'Eve' } }
enqueued were, of that name:
  {
    payload: {
      at: 1970-01-01T00:00:00.005Z,
      person: Person { age: 36, name: 'Ada' }
    }
  }
  {
    payload: {
      at: 1970-01-01T00:00:00.005Z,
      person: Person { age: 20, name: 'John' }
    }
  }`)
    expect(() => fake.expectEnqueued('greet', { person: ada }, { delay: 5 })).toThrow(/options: \{ delay: 500/)
    expect(() => fake.expectEnqueued('anything')).toThrow("no job 'anything' was enqueued; enqueued were: greet")
    expect(() => fake.expectNotEnqueued('greet', { person: ada })).toThrow(/but this one was:/)
    fake.clear()
    expect(() => fake.expectEnqueued('greet')).toThrow('nothing was enqueued')
  })
})
