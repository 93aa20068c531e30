import type { JobEvent } from 'brinemq'
import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { gate, openProducer, openWorker, type People, Person, peopleQueue, rejection, TooYoung } from './people.ts'

type Event = JobEvent<People>

/** Events up to and with the first that is wanted. */
async function until(events: AsyncIterable<Event>, wanted: (event: Event) => boolean): Promise<Event[]> {
  const seen: Event[] = []
  for await (const event of events) {
    seen.push(event)
    if (wanted(event)) break
  }
  return seen
}

const john = new Person('John', 20)
const drained = ({ type }: Event) => type === 'drained'
const told = (events: readonly Event[]) => events.map(({ position: _, at: __, id: ___, ...rest }) => rest)

test('tells what becomes of jobs, with their values as their classes', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const before = Date.now()
  const events = until(openProducer(contract).events({ after: '0' }), drained)
  const job = await producer.enqueue('greet', { person: john, at: new Date() })
  openWorker(contract, () => {}, {
    handlers: {
      anything: () => {},
      greet: async ({ person }, { progress }) => {
        await progress({ percent: 50 })
        return { text: 'Hi', greetedAt: new Date(1), friends: [person] }
      },
    },
  })
  const seen = await events
  expect(told(seen)).toEqual([
    { type: 'enqueued', name: 'greet' },
    { type: 'waiting', name: 'greet', from: undefined },
    { type: 'active', name: 'greet' },
    { type: 'progress', name: 'greet', progress: { percent: 50 } },
    { type: 'completed', name: 'greet', result: { text: 'Hi', greetedAt: new Date(1), friends: [john] } },
    { type: 'drained' },
  ])
  expect(seen.slice(0, 5).map(({ id }) => id)).toEqual(Array(5).fill(job.id))
  for (const { at } of seen) expect(Math.abs(at.getTime() - before)).toBeLessThan(60_000)
})

test.each([false, true])(
  'tells what a job failed with, its own error, also when nothing is kept of it: %s',
  async (gone) => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const job = await producer.enqueue('anything', 1, { removeOnFail: gone, attempts: 2 })
    openWorker(contract, () => {
      throw new TooYoung(john)
    })
    await rejection(job.result())
    const seen = await until(openProducer(contract).events({ after: '0' }), drained)
    expect(told(seen).filter(({ type }) => type !== 'active')).toEqual([
      { type: 'enqueued', name: 'anything' },
      { type: 'waiting', name: 'anything', from: undefined },
      { type: 'waiting', name: 'anything', from: 'active' },
      { type: 'failed', name: 'anything', error: expect.any(TooYoung) },
      { type: 'retries-exhausted', name: 'anything', attempts: 2 },
      { type: 'drained' },
    ])
  },
)

test('tells of delayed, promoted, cancelled and removed jobs', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const [one, two] = await producer.enqueueBulk([
    { name: 'anything', payload: 1, options: { delay: 60_000 } },
    { name: 'anything', payload: 2, options: { delay: 60_000 } },
  ])
  await one.promote()
  await one.cancel('enough')
  await two.remove()
  const seen = await until(producer.events({ after: '0' }), ({ type, id }) => type === 'removed' && id === two.id)
  expect(told(seen).slice(-4)).toEqual([
    { type: 'delayed', name: 'anything', until: expect.any(Date) },
    { type: 'waiting', name: 'anything', from: 'delayed' },
    { type: 'removed', name: 'anything', from: 'wait', error: expect.objectContaining({ code: 'JOB_CANCELLED' }) },
    { type: 'removed', name: 'anything', from: 'delayed', error: undefined },
  ])
})

test('resumes after a position, in another process, without losing or repeating an event', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  openWorker(contract, (payload) => payload)
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 150 }, (_, payload) => ({ name: 'anything', payload }) as const),
  )
  await Promise.all(jobs.map((job) => job.result()))
  const whole = await until(producer.events({ after: '0' }), drained)
  const pieces: Event[] = []
  while (pieces.at(-1)?.type !== 'drained') {
    let count = 0
    const after: string = pieces.at(-1)?.position ?? '0'
    pieces.push(
      ...(await until(openProducer(contract).events({ after }), (event) => drained(event) || ++count === 140)),
    )
  }
  expect(pieces).toEqual(whole)
  expect(whole.filter(({ type }) => type === 'completed')).toHaveLength(150)
})

test('tells of everything that happens after the call, and of nothing before it', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  await producer.enqueue('anything', 'before')
  const events = producer.events()
  const seen = until(events, ({ type }) => type === 'waiting')
  await new Promise(setImmediate)
  const job = await producer.enqueue('anything', 'after')
  expect((await seen).map(({ id }) => id)).toEqual([job.id, job.id])
})

test('goes on past events that nobody can read, and says why it could not', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('greet', { person: john, at: new Date() })
  const [client, events] = [openClient(), producer.bullmq.toKey('events')]
  const add = (...fields: string[]) => client.xadd(events, '*', ...fields)
  await client.set(producer.bullmq.toKey('stolen'), 'a key of another kind')
  await add('event', 'completed', 'jobId', job.id, 'returnvalue', '{not json')
  await add('event', 'progress', 'jobId', job.id, 'data', '{"brine":1}')
  await add('event', 'completed', 'jobId', 'nobody', 'returnvalue', '1')
  await add('event', 'failed', 'jobId', 'stolen', 'failedReason', 'it broke')
  await add('event', 'mine', 'jobId', job.id, 'more', 'text')
  await add('event', 'waiting')
  await add('nothing', 'at all')
  await add('event', 'paused')
  const seen = await until(producer.events({ after: '0' }), ({ type }) => type === 'paused')
  const code = (is: string) => expect.objectContaining({ code: is })
  expect(told(seen).slice(2)).toEqual([
    { type: 'completed', name: 'greet', unreadable: code('TEXT_INVALID') },
    { type: 'progress', name: 'greet', unreadable: code('TEXT_INVALID') },
    { type: 'completed', name: undefined, unreadable: code('JOB_UNKNOWN') },
    { type: 'failed', name: undefined, error: code('JOB_FAILED') },
    { type: 'other', event: 'mine', fields: { jobId: job.id, more: 'text' } },
    { type: 'other', event: 'waiting', fields: {} },
    { type: 'other', event: '', fields: { nothing: 'at all' } },
    { type: 'paused' },
  ])
})

test('gives a result whose job is gone: its text names its job', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  openWorker(contract, (payload) => payload)
  const job = await producer.enqueue('anything', 5, { removeOnComplete: true })
  await job.result()
  const [added] = await until(producer.events({ after: '0' }), ({ type }) => type === 'enqueued')
  const seen = await until(openProducer(contract).events({ after: added?.position }), drained)
  expect(seen.find(({ type }) => type === 'completed')).toMatchObject({ name: 'anything', id: job.id, result: 5 })
})

test("ends with the signal's reason, when the loop is left, and quietly when the producer closes", async () => {
  const producer = openProducer()
  const [controller, waiting] = [new AbortController(), gate()]
  const aborted = rejection(until(producer.events({ signal: controller.signal }), () => false))
  const closed = until(producer.events({ after: '0' }), () => {
    waiting.open()
    return false
  })
  await producer.enqueue('anything', 1)
  await waiting.opened
  controller.abort('enough')
  expect(await aborted).toBe('enough')
  await producer.close()
  expect((await closed).map(({ type }) => type)).toEqual(['enqueued', 'waiting'])
  expect(() => producer.events()).toThrowError(expect.objectContaining({ code: 'CLOSED' }))
})

test('says so when Redis has trimmed what followed a position, and goes on with what is left', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const jobs = await producer.enqueueBulk([1, 2, 3].map((payload) => ({ name: 'anything', payload }) as const))
  const [first] = await until(producer.events({ after: '0' }), () => true)
  const after = first?.position
  await openClient().xtrim(producer.bullmq.toKey('events'), 'MAXLEN', 2)
  const seen = await until(openProducer(contract).events({ after }), ({ type }) => type === 'waiting')
  expect(seen).toMatchObject([{ type: 'missed', after }, { type: 'enqueued', id: jobs[2]?.id }, { type: 'waiting' }])
  const again = await until(
    openProducer(contract).events({ after: seen[0]?.position }),
    ({ type }) => type === 'waiting',
  )
  expect(again).toEqual(seen.slice(1))
})

test('says so when events are trimmed while the loop is busy, and when the queue begins anew', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const [client, key] = [openClient(), producer.bullmq.toKey('events')]
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 100 }, (_, payload) => ({ name: 'anything', payload }) as const),
  )
  const told: string[] = []
  for await (const { type, id } of producer.events({ after: '0' })) {
    if (told.length === 0) await client.xtrim(key, 'MAXLEN', 2)
    told.push(type)
    // The page that was read by then is told whole.
    if (id === jobs.at(-1)?.id && type === 'waiting') {
      await producer.control.obliterate({ force: true })
      await producer.enqueue('anything', 1)
    }
    if (told.length === 105) break
  }
  expect(told.slice(0, 100).toSorted()).toEqual([...Array(50).fill('enqueued'), ...Array(50).fill('waiting')])
  expect(told.slice(100)).toEqual(['missed', 'enqueued', 'waiting', 'missed', 'enqueued'])
})

test('refuses a position that is none', () => {
  const producer = openProducer()
  expect(() => producer.events({ after: 'yesterday' })).toThrowError(
    expect.objectContaining({ code: 'OPTIONS_INVALID' }),
  )
})
