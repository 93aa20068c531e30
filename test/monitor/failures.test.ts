import { defineQueue, newKey } from 'brinemq'
import { createMonitor } from 'brinemq/monitor'
import { expect, onTestFinished, test } from 'vitest'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { CardRefused, cardRefused } from '../queue/card-refused.ts'
import {
  openProducer,
  openWorker,
  type People,
  Person,
  peopleJobs,
  peopleQueue,
  person,
  rejection,
  TooYoung,
  tooYoung,
} from '../queue/people.ts'

const models = [person, tooYoung, cardRefused]

function sealedQueue(mode: 'sign' | 'encrypt'): People {
  return defineQueue('people', { prefix: freshPrefix(), keys: newKey({ mode }), models, jobs: peopleJobs })
}

function open(contract: People) {
  const monitor = createMonitor(contract, { connection: redisUrl })
  onTestFinished(() => monitor.close())
  return monitor.queue(contract)
}

/** A worker whose handler fails by what its payload says, once. */
function openFailing(contract: People) {
  const failed = new Set<string>()
  return openWorker(contract, (payload, { id }) => {
    if (failed.has(id)) return 'done'
    failed.add(id)
    if (payload === 'card') throw new CardRefused('4111-0000')
    if (payload === 'young') throw new TooYoung(new Person('Ann', 7))
    if (payload === 'typo') throw new TypeError('no such thing')
    throw new Error(`could not reach host-${payload} in 30 s`)
  })
}

const keyings = [
  ['without seals', () => peopleQueue()],
  ['signed', () => sealedQueue('sign')],
  ['encrypted', () => sealedQueue('encrypt')],
] as const

test.each(keyings)('tells the error of an earlier attempt from the outcome: %s', async (title, queueOf) => {
  const contract = queueOf()
  const producer = openProducer(contract)
  const queue = open(contract)
  openFailing(contract)
  const retried = await producer.enqueue('anything', 'young', { attempts: 2 })
  const mended = await producer.enqueue('anything', 'young')
  await retried.result()
  await rejection(mended.result())
  expect(await queue.job(mended.id)).toMatchObject({ state: 'failed', formerError: undefined })
  await mended.retry()
  await mended.result()
  const delayed = await producer.enqueue('anything', 'typo', { attempts: 2, backoff: 600_000 })
  await expect.poll(() => delayed.state()).toBe('delayed')
  const young = { kind: 'TooYoung', message: 'Ann is too young' }
  expect(await queue.job(retried.id)).toMatchObject({ state: 'completed', error: undefined, formerError: young })
  // Who retries a job that failed begins again.
  expect(await queue.job(mended.id)).toMatchObject({ state: 'completed', error: undefined, formerError: undefined })
  const typo = { kind: 'TypeError', message: 'no such thing' }
  expect(await queue.job(delayed.id)).toMatchObject({ state: 'delayed', error: undefined, formerError: typo })
  // As builds stored it that kept BullMQ's message alone, and as an error is stored that is too large.
  await openClient().hdel(`${contract.prefix}:people:${delayed.id}`, 'brine:error')
  const message = title === 'without seals' ? typo.message : expect.stringContaining('is sealed')
  expect(await queue.job(delayed.id)).toMatchObject({ formerError: { kind: 'TypeError', message } })
})

test.each(keyings)('groups failures by what they are, as far as it has the keys: %s', async (_title, queueOf) => {
  const contract = queueOf()
  const producer = openProducer(contract)
  openFailing(contract)
  const payloads = ['typo', 'one', 'two', 'young', 'young', 'one']
  const jobs = await producer.enqueueBulk(payloads.map((payload) => ({ name: 'anything' as const, payload })))
  await Promise.all(jobs.map((job) => rejection(job.result())))
  const { groups } = await open(contract).failures()
  const told = groups.map(({ kind, message, count }) => `${count} ${kind}: ${message}`)
  expect(told.sort()).toEqual([
    '1 TypeError: no such thing',
    '2 TooYoung: Ann is too young',
    '3 Error: could not reach … in # s',
  ])
})

test.each(['sign', 'encrypt'] as const)('keeps what a model marks as sensitive out of groups: %s', async (mode) => {
  const contract = sealedQueue(mode)
  const producer = openProducer(contract)
  const queue = open(contract)
  openFailing(contract)
  const job = await producer.enqueue('anything', 'card')
  await rejection(job.result())
  const { groups } = await queue.failures()
  expect(groups).toMatchObject([{ kind: 'CardRefused', message: '[hidden]' }])
  const found = await queue.job(job.id)
  expect(found?.error).toMatchObject({ kind: 'CardRefused', message: '[hidden]' })
  expect(found?.error?.value).toMatchObject({ card: '4111-0000' })
})

test('opens no more of a page than it is asked to, and says so of the rest', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const queue = open(contract)
  const payload = (at: number) => ({ name: 'anything' as const, payload: 'x'.repeat(at === 3 ? 10 : 10_000) })
  await producer.enqueueBulk(Array.from({ length: 6 }, (_, at) => payload(at)))
  const { jobs } = await queue.jobs('waiting', { maxBytes: 25_000 })
  expect(
    jobs.map((job) => (job.payload.unreadable ? [job.payload.unreadable.code, job.payload.isUnopened] : 'read')),
  ).toEqual(['read', 'read', ['LIMIT_EXCEEDED', true], 'read', ['LIMIT_EXCEEDED', true], ['LIMIT_EXCEEDED', true]])
  for (const job of jobs) {
    expect(job).toMatchObject({ storedName: 'anything', enqueuedAt: expect.any(Date) })
    expect((await queue.job(job.id))?.payload.unreadable).toBeUndefined()
  }
  expect(await rejection(queue.jobs('waiting', { maxBytes: -1 }))).toMatchObject({ path: 'maxBytes' })
})
