import { createFakeProducer } from 'brinemq/testing'
import { expect, test } from 'vitest'
import { openProducer, openWorker, Person, peopleQueue, rejection, untyped } from './people.ts'

const john = new Person('John', 20)

test('sends many jobs in one round trip, in their order', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  await producer.bullmq.waitUntilReady()
  const jobs = await producer.enqueueBulk([
    { name: 'greet', payload: { person: john, at: new Date() }, options: { jobId: 'a' } },
    { name: 'anything', payload: 2n },
    { name: 'anything', payload: new Map([[john, 1]]), options: { jobId: 'c' } },
  ])
  expect([jobs[0]?.id, jobs[2]?.id]).toEqual(['a', 'c'])
  openWorker(contract, (payload) => payload)
  const [greeting, big, map] = await Promise.all([jobs[0].result(), jobs[1].result(), jobs[2].result()])
  expect(greeting.text).toBe('Hi John 20')
  expect(big).toBe(2n)
  expect(map).toEqual(new Map([[john, 1]]))
})

test.each([
  ['payload', { name: 'greet', payload: { person: john, at: 1 } }, 'PAYLOAD_INVALID', '$[1].payload.at'],
  ['value that cannot travel', { name: 'anything', payload: [() => 1] }, 'UNSUPPORTED_VALUE', '$[1].payload[0]'],
  ['option', { name: 'anything', payload: 1, options: { jobId: '7' } }, 'OPTIONS_INVALID', '$[1].options.jobId'],
  ['name', { name: 'nobody', payload: 1 }, 'JOB_UNKNOWN', '$[1].name'],
])('sends none when one %s is bad, and names the item', async (_title, bad, code, path) => {
  const producer = openProducer()
  const error = await rejection(
    untyped(producer.enqueueBulk)([{ name: 'anything', payload: 1 }, bad, { name: 'anything', payload: 3 }]),
  )
  expect(error).toMatchObject({ code, path, job: bad.name })
  expect(await producer.bullmq.count()).toBe(0)
})

test.each([
  ['an item that is misspelt', [{ name: 'anything', payload: 1, opts: { delay: 5 } }], '$[0].opts'],
  ['an item that is none', [{ name: 'anything', payload: 1 }, undefined], '$[1]'],
  ['one job alone', { name: 'anything', payload: 1 }, '$'],
])('refuses %s', async (_title, items, path) => {
  const producer = openProducer()
  for (const enqueueBulk of [producer.enqueueBulk, createFakeProducer(peopleQueue()).enqueueBulk]) {
    expect(await rejection(untyped(enqueueBulk)(items))).toMatchObject({ code: 'OPTIONS_INVALID', path })
  }
  expect(await producer.bullmq.count()).toBe(0)
})

test('sends nothing for an empty bulk', async () => {
  expect(await openProducer().enqueueBulk([])).toEqual([])
})

test('keeps the order of jobs with and without ids and options', async () => {
  const producer = openProducer()
  const optionsOf = [() => undefined, (n: number) => ({ jobId: `own-${n}` }), () => ({ attempts: 2 }), () => ({})]
  const items = Array.from({ length: 1_200 }, (_, n) => {
    const options = optionsOf[n % 4]?.(n)
    return { name: 'anything' as const, payload: n, ...(options && { options }) }
  })
  const jobs = await producer.enqueueBulk(items)
  const waiting = await producer.bullmq.getJobs('waiting', 0, -1, true)
  expect(waiting.map(({ id }) => id)).toEqual(jobs.map(({ id }) => id))
})
