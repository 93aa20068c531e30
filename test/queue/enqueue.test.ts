import { createProducer, defineQueue } from 'brinemq'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { gate, openProducer, openWorker, Person, peopleQueue, rejection, untyped } from './people.ts'

const john = new Person('John', 20)
const at = new Date(0)

test('carries a class instance to the handler, and the result back, with their classes', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const worker = openWorker(contract, () => {})
  await worker.waitUntilReady()
  const job = await producer.enqueue('greet', { person: john, at })
  const result = await job.result()
  expect(result).toEqual({ text: 'Hi John 20', greetedAt: new Date(1), friends: [john] })
  expect(result.friends[0]).toBeInstanceOf(Person)
})

test('stores the payload as an envelope object that any tool can read', async () => {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('greet', { person: john, at })
  const data = await openClient().hget(`${contract.prefix}:people:${job.id}`, 'data')
  expect(JSON.parse(String(data))).toMatchObject({ brine: 1, kind: 'payload', job: 'greet', version: 1 })
})

test('hands shared references and cycles on to the handler', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const seen = gate<unknown>()
  openWorker(contract, seen.open)
  const ring: Record<string, unknown> = { shared: john, again: john }
  ring['self'] = ring
  await producer.enqueue('anything', ring)
  const got = (await seen.opened) as typeof ring
  expect(got['self']).toBe(got)
  expect(got['again']).toBe(got['shared'])
})

test.each([
  ['an unknown job', 'nobody', {}, undefined, 'JOB_UNKNOWN', undefined],
  ['a payload of another shape', 'greet', { person: john, at: 'now' }, undefined, 'PAYLOAD_INVALID', '$.at'],
  ['a class that is not registered', 'anything', { a: new (class A {})() }, undefined, 'UNREGISTERED_CLASS', '$.a'],
  ['an unknown option', 'anything', 1, { delai: 1 }, 'OPTIONS_INVALID', 'options.delai'],
  ['a delay that is no number', 'anything', 1, { delay: Number.NaN }, 'OPTIONS_INVALID', 'options.delay'],
  ['an id with a colon', 'anything', 1, { jobId: 'a:b' }, 'OPTIONS_INVALID', 'options.jobId'],
  ['an id of digits alone', 'anything', 1, { jobId: '12' }, 'OPTIONS_INVALID', 'options.jobId'],
  ['an empty id', 'anything', 1, { jobId: '' }, 'OPTIONS_INVALID', 'options.jobId'],
  ["an id that is one of the queue's keys", 'anything', 1, { jobId: 'meta' }, 'OPTIONS_INVALID', 'options.jobId'],
  [
    'a jitter over 1',
    'anything',
    1,
    { backoff: { type: 'fixed', delay: 5, jitter: 1.5 } },
    'OPTIONS_INVALID',
    'options.backoff',
  ],
  [
    'a misspelt part of a backoff',
    'anything',
    1,
    { backoff: { type: 'fixed', dealy: 5 } },
    'OPTIONS_INVALID',
    'options.backoff',
  ],
  ['a backoff without a type', 'anything', 1, { backoff: { delay: 5 } }, 'OPTIONS_INVALID', 'options.backoff'],
  [
    'a misspelt part of deduplication',
    'anything',
    1,
    { deduplication: { id: 'a', keepLast: true } },
    'OPTIONS_INVALID',
    'options.deduplication',
  ],
  [
    'deduplication without an id',
    'anything',
    1,
    { deduplication: { ttl: 5, id: undefined } },
    'OPTIONS_INVALID',
    'options.deduplication',
  ],
  [
    'a misspelt part of what is kept',
    'anything',
    1,
    { removeOnFail: { cuont: 5 } },
    'OPTIONS_INVALID',
    'options.removeOnFail',
  ],
  ['a priority that is too high', 'anything', 1, { priority: 2 ** 21 }, 'OPTIONS_INVALID', 'options.priority'],
  ['a payload over its own sizeLimit', 'anything', 'xyz', { sizeLimit: 1 }, 'OPTIONS_INVALID', undefined],
])('refuses %s', async (_title, name, payload, options, code, path) => {
  const producer = openProducer()
  const error = await rejection(untyped(producer.enqueue)(name, payload, options))
  expect(error).toMatchObject({ code, path, job: name })
  expect(await producer.bullmq.count()).toBe(0)
})

test("puts an enqueue's options over the contract's, and leaves what is undefined to those", async () => {
  const contract = defineQueue('optional', {
    prefix: freshPrefix(),
    jobs: { one: { payload: z.number(), options: { attempts: 4, priority: 3 } } },
  })
  const producer = createProducer(contract, { connection: redisUrl })
  const { id } = await untyped(producer.enqueue)('one', 1, { priority: 5, attempts: undefined })
  const job = await producer.bullmq.getJob(id)
  expect(job?.opts).toMatchObject({ attempts: 4, priority: 5, jobId: id })
  await producer.close()
})

test('follows the job that deduplication kept', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const deduplication = { id: 'one' }
  const first = await producer.enqueue('anything', 'first', { deduplication })
  const second = await producer.enqueue('anything', 'second', { deduplication })
  expect(second.id).toBe(first.id)
  openWorker(contract, (payload) => payload)
  expect(await second.result()).toBe('first')
})

test('adds a job of the same id once, and both handles give its result', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const jobs = [
    await producer.enqueue('anything', 'first', { jobId: 'same' }),
    await producer.enqueue('anything', 'second', { jobId: 'same' }),
  ]
  openWorker(contract, (payload) => payload)
  expect(await Promise.all(jobs.map((job) => job.result()))).toEqual(['first', 'first'])
})

test('is refused when the producer is closed', async () => {
  const producer = openProducer()
  await producer.close()
  expect(await rejection(producer.enqueue('anything', 1))).toMatchObject({ code: 'CLOSED' })
  expect(await rejection(producer.enqueueBulk([]))).toMatchObject({ code: 'CLOSED' })
})
