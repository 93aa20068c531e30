import { createProducer, createWorker, defineQueue } from 'brinemq'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { gate, openProducer, openWorker, Person, peopleQueue, rejection, untyped } from './people.ts'

const john = new Person('John', 20)

test('tells the handler of its job', async () => {
  const contract = peopleQueue()
  const before = Date.now()
  const job = await openProducer(contract).enqueue('anything', 1)
  openWorker(contract, (_payload, { id, name, attempt, maxAttempts, enqueuedAt, signal }) => {
    return { id, name, attempt, maxAttempts, enqueuedAt, aborted: signal.aborted }
  })
  const told = await job.result()
  expect(told).toMatchObject({ id: job.id, name: 'anything', attempt: 1, maxAttempts: 1, aborted: false })
  expect((told as { enqueuedAt: Date }).enqueuedAt.getTime()).toBeGreaterThanOrEqual(before)
})

test('stores progress and log lines as the handler goes', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('greet', { person: john, at: new Date() })
  openWorker(contract, () => {}, {
    handlers: {
      anything: () => {},
      greet: async ({ person }, { progress, log }) => {
        await progress({ percent: 50 })
        await log('half way')
        return { text: '', greetedAt: new Date(), friends: [person] }
      },
    },
  })
  await job.result()
  const stored = await producer.bullmq.getJob(job.id)
  expect(stored?.progress).toMatchObject({ brine: 1, kind: 'progress', job: 'greet' })
  expect(await producer.bullmq.getJobLogs(job.id)).toMatchObject({ logs: ['half way'] })
})

test('refuses progress of another shape, and what cannot travel', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const refused: unknown[] = []
  const [job, other] = await producer.enqueueBulk([
    { name: 'greet', payload: { person: john, at: new Date() } },
    { name: 'anything', payload: 1 },
  ])
  openWorker(contract, async (_payload, { progress }) => void refused.push(await rejection(progress(() => 1))), {
    handlers: {
      greet: async ({ person }, { progress }) => {
        refused.push(await rejection(untyped(progress)({ percent: 'half' })))
        return { text: '', greetedAt: new Date(), friends: [person] }
      },
      anything: async (_payload, { progress }) => void refused.push(await rejection(progress([() => 1]))),
    },
  })
  await Promise.all([job.result(), other.result()])
  expect(refused).toEqual([
    expect.objectContaining({ code: 'PROGRESS_INVALID', job: 'greet', path: '$.percent' }),
    expect.objectContaining({ code: 'UNSUPPORTED_VALUE', job: 'anything', path: '$[0]' }),
  ])
})

test('survives a refused progress that the handler does not await', async () => {
  const contract = peopleQueue()
  const told = gate<unknown>()
  const job = await openProducer(contract).enqueue('anything', 1)
  openWorker(contract, (_payload, { progress }) => void progress(() => 1), { onError: told.open })
  expect(await told.opened).toMatchObject({ code: 'UNSUPPORTED_VALUE' })
  expect(await job.result()).toBeUndefined()
})

test.each([
  ['is not valid', 'greet', { text: 5, greetedAt: new Date(), friends: [] }, 'RESULT_INVALID', '$.text'],
  ['cannot be encoded', 'anything', { fn: () => 1 }, 'UNSUPPORTED_VALUE', '$.fn'],
])('runs a handler once whose result %s', async (_title, name, result, code, path) => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const payload = name === 'greet' ? { person: john, at: new Date() } : 1
  const job = await untyped(producer.enqueue)(name, payload, { attempts: 3 })
  let runs = 0
  const run: () => never = () => {
    runs += 1
    return result as never
  }
  openWorker(contract, run, { handlers: { greet: run, anything: run } })
  expect(await rejection(job.result())).toMatchObject({ code, path, job: name })
  expect(runs).toBe(1)
})

test('runs transforms once and in the worker, on a payload that was stored as given', async () => {
  let runs = 0
  const contract = defineQueue('transforming', {
    prefix: freshPrefix(),
    jobs: {
      measure: {
        payload: z.object({
          text: z.string().transform((text) => {
            runs += 1
            return text.length
          }),
          times: z.number().default(2),
        }),
        result: z.number().transform((total) => `${total}`),
      },
    },
  })
  const producer = createProducer(contract, { connection: redisUrl })
  const job = await producer.enqueue('measure', { text: 'four' })
  expect(runs).toBe(0)
  const worker = createWorker(contract, {
    connection: redisUrl,
    handlers: { measure: ({ text, times }) => text * times },
  })
  expect(await job.result()).toBe('8')
  expect(runs).toBe(1)
  await Promise.all([worker.close(), producer.close()])
})

test.each([
  ['a handler is missing', { handlers: { greet: () => {} } }, 'handlers'],
  ['a handler has no job', { handlers: { greet: () => {}, anything: () => {}, more: () => {} } }, 'handlers'],
  ['there are no handlers', {}, undefined],
  ['an option is misspelt', { handlers: { greet: () => {}, anything: () => {} }, concurency: 2 }, 'concurency'],
  ['concurrency is none', { handlers: { greet: () => {}, anything: () => {} }, concurrency: 0 }, undefined],
])('refuses to begin when %s', (_title, options, path) => {
  expect(() => untyped(createWorker)(peopleQueue(), { connection: redisUrl, ...options })).toThrowError(
    expect.objectContaining({ code: 'OPTIONS_INVALID', path }),
  )
})
