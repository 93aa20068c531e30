import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { gate, openProducer, openWorker, Person, peopleQueue, rejection } from './people.ts'

test.each([
  ['before it ends', false, false],
  ['after it ended', true, false],
  ['before it ends, when nothing is kept of it', false, true],
  ['after it ended, when nothing is kept of it', true, true],
])('gives the result to one who asks %s', async (_title, late, removeOnComplete) => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const go = gate()
  const worker = openWorker(contract, async (payload) => {
    await go.opened
    return payload
  })
  const done = new Promise((resolve) => worker.bullmq.once('completed', resolve))
  const job = await producer.enqueue('anything', new Person('Ada', 36), { removeOnComplete })
  if (!late) {
    const result = job.result()
    await turn()
    go.open()
    expect(await result).toEqual(new Person('Ada', 36))
  } else {
    go.open()
    await done
    expect(await job.result()).toEqual(new Person('Ada', 36))
  }
})

test('gives the results of many jobs of which nothing is kept, one after another', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const worker = openWorker(contract, (payload) => payload, { concurrency: 10 })
  const items = Array.from({ length: 300 }, (_, index) => {
    return { name: 'anything' as const, payload: index, options: { removeOnComplete: true } }
  })
  const drained = new Promise((resolve) => worker.bullmq.on('drained', () => resolve(undefined)))
  const jobs = await producer.enqueueBulk(items)
  await drained
  const results: unknown[] = []
  for (const job of jobs) results.push(await job.result())
  expect(results).toEqual(items.map(({ payload }) => payload))
})

test('gives the result to a producer of another process, by name and id', async () => {
  const contract = peopleQueue()
  const { id } = await openProducer(contract).enqueue('anything', 5)
  openWorker(contract, (payload) => payload)
  expect(await openProducer(contract).job('anything', id).result()).toBe(5)
})

test.each([undefined, null, 0, '', false, Number.NaN])('gives back %s', async (value) => {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('anything', value)
  openWorker(contract, (payload) => payload)
  expect(await job.result()).toBe(value)
})

test('ends with JOB_REMOVED when the job is removed while one waits', async () => {
  const producer = openProducer()
  const job = await producer.enqueue('anything', 1)
  const result = rejection(job.result())
  await turn()
  await producer.bullmq.remove(job.id)
  expect(await result).toMatchObject({ code: 'JOB_REMOVED', job: 'anything' })
})

test('ends with JOB_REMOVED when the job was removed before, or its hash is gone', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const [one, two] = await producer.enqueueBulk([
    { name: 'anything', payload: 1 },
    { name: 'anything', payload: 2 },
  ])
  await producer.bullmq.remove(one.id)
  await openClient().del(`${contract.prefix}:people:${two.id}`)
  expect(await rejection(one.result())).toMatchObject({ code: 'JOB_REMOVED' })
  expect(await rejection(two.result())).toMatchObject({ code: 'JOB_REMOVED' })
})

test('ends with RESULT_TIMEOUT when the job is late, and gives the result to one who asks again', async () => {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('anything', 1)
  expect(await rejection(job.result({ timeoutMs: 20 }))).toMatchObject({ code: 'RESULT_TIMEOUT', job: 'anything' })
  openWorker(contract, (payload) => payload)
  expect(await job.result()).toBe(1)
})

test("ends with the signal's reason, and with CLOSED when the producer closes", async () => {
  const producer = openProducer()
  const job = await producer.enqueue('anything', 1)
  const controller = new AbortController()
  const aborted = rejection(job.result({ signal: controller.signal, timeoutMs: Number.POSITIVE_INFINITY }))
  const closed = rejection(job.result())
  controller.abort('enough')
  expect(await aborted).toBe('enough')
  await producer.close()
  expect(await closed).toMatchObject({ code: 'CLOSED' })
  expect(await rejection(job.result())).toMatchObject({ code: 'CLOSED' })
})

test('refuses a time to wait that is none', async () => {
  const job = await openProducer().enqueue('anything', 1)
  expect(await rejection(job.result({ timeoutMs: -1 }))).toMatchObject({ code: 'OPTIONS_INVALID', path: 'timeoutMs' })
})

test('reads on when an event in the stream is no JSON', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1)
  const result = job.result()
  await turn()
  const events = `${contract.prefix}:people:events`
  await openClient().xadd(events, '*', 'event', 'completed', 'jobId', 'other', 'returnvalue', '{not json')
  openWorker(contract, (payload) => payload)
  expect(await result).toBe(1)
})
