import { createProducer, createWorker, defineQueue, type Repeat } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { openProducer, openWorker, Person, peopleJobs, peopleQueue, person, rejection, untyped } from './people.ts'

const ada = new Person('Ada', 36)
const payload = { person: ada, at: new Date(5) }
const yearly = { pattern: '0 0 1 1 *', tz: 'Europe/Berlin' }

test('runs again and again, each time with the payload of the template, and stops at its limit', async () => {
  const contract = peopleQueue()
  const { schedules, bullmq } = openProducer(contract)
  const seen: unknown[] = []
  const shared = { who: ada, again: ada, tags: new Map([[ada, 1n]]) }
  const third = new Promise<void>((resolve) => {
    openWorker(contract, (given) => {
      if (seen.push(given) === 3) resolve()
    })
  })
  await schedules.upsert('often', { name: 'anything', payload: shared, repeat: { every: 20, limit: 3 } })
  await third
  expect(seen).toEqual([shared, shared, shared])
  for (const one of seen as (typeof shared)[]) {
    expect(one.who).toBeInstanceOf(Person)
    expect(one.again).toBe(one.who)
  }
  const [{ data } = {}] = await bullmq.getJobs()
  expect(data).toMatchObject({ brine: 1, kind: 'payload', job: 'anything' })
})

test('stores the text of the payload as it is, in the template and in the jobs', async () => {
  const contract = peopleQueue()
  const { schedules, enqueue } = openProducer(contract)
  const { nextRun } = await schedules.upsert('a', {
    name: 'anything',
    payload: { 2: 'two', 1: 'é\u2028' },
    repeat: yearly,
  })
  const { id } = await enqueue('anything', { 2: 'two', 1: 'é\u2028' })
  const client = openClient()
  const key = `${contract.prefix}:people`
  const text = await client.hget(`${key}:${id}`, 'data')
  expect(await client.hget(`${key}:repeat:a`, 'data')).toBe(text)
  expect(await client.hget(`${key}:${nextRun.id}`, 'data')).toBe(text)
  expect(await client.hget(`${key}:repeat:a`, 'opts')).toBeNull()
})

test('tells when it runs next, with its payload decoded', async () => {
  const { schedules } = openProducer()
  const { next, nextRun } = await schedules.upsert('new-year', { name: 'greet', payload, repeat: yearly })
  const year = new Date().getUTCFullYear()
  expect(next).toEqual(new Date(`${year}-12-31T23:00:00Z`))
  const found = await schedules.get('new-year')
  expect(found).toMatchObject({
    id: 'new-year',
    name: 'greet',
    next,
    repeat: yearly,
    iterationCount: 1,
    declared: false,
  })
  expect(found?.payload).toEqual(payload)
  expect(found?.nextRun?.id).toBe(nextRun.id)
  expect(await schedules.list()).toHaveLength(1)
  expect(await schedules.get('nobody')).toBeUndefined()
})

test('takes dates, limits and offsets, and lists the next to run first', async () => {
  const { schedules } = openProducer()
  const [startDate, endDate] = [new Date(Date.now() + 5_000_000), new Date(Date.now() + 9_000_000)]
  const every = { every: 60_000, limit: 5, startDate, endDate }
  await schedules.upsert('later', { name: 'anything', payload: 1, repeat: yearly })
  await schedules.upsert('sooner', { name: 'anything', payload: 2, repeat: every })
  const list = await schedules.list()
  expect(list.map(({ id }) => id)).toEqual(['sooner', 'later'])
  expect(list[0]?.repeat).toMatchObject(every)
  expect(Number(list[0]?.next)).toBeGreaterThanOrEqual(Number(startDate))
})

test('changes a schedule in place, and removes it with its next run', async () => {
  const { schedules, bullmq } = openProducer()
  await schedules.upsert('a', { name: 'anything', payload: 1, repeat: yearly })
  await schedules.upsert('a', { name: 'greet', payload, repeat: { every: 3_600_000, startDate: Date.now() + 1e6 } })
  expect(await schedules.list()).toMatchObject([{ id: 'a', name: 'greet', repeat: { every: 3_600_000 } }])
  expect(await bullmq.getJobCounts()).toMatchObject({ delayed: 1, waiting: 0 })
  expect(await schedules.remove('a')).toBe(true)
  expect(await schedules.remove('a')).toBe(false)
  expect(await bullmq.getJobCounts()).toMatchObject({ delayed: 0, waiting: 0 })
})

test("gives each run the contract's options under its own, but not what a schedule cannot have", async () => {
  const jobs = { work: { payload: z.number(), options: { attempts: 3, priority: 2, delay: 5_000 } } }
  const producer = createProducer(defineQueue('work', { prefix: freshPrefix(), jobs }), { connection: redisUrl })
  onTestFinished(() => producer.close())
  const { nextRun } = await producer.schedules.upsert('a', {
    name: 'work',
    payload: 1,
    repeat: { every: 3_600_000 },
    options: { attempts: 5 },
  })
  const run = await producer.bullmq.getJob(nextRun.id)
  expect(run?.opts).toMatchObject({ attempts: 5, priority: 2, delay: 0 })
})

test('lists what cannot be read beside what can, and says why', async () => {
  const contract = peopleQueue()
  const { schedules, bullmq } = openProducer(contract)
  await schedules.upsert('a', { name: 'greet', payload, repeat: yearly })
  await bullmq.upsertJobScheduler('b', { every: 3_600_000 }, { name: 'greet', data: { plain: true } })
  await bullmq.upsertJobScheduler('c', { every: 3_600_000 }, { name: 'nobody' })
  await openClient().hset(`${contract.prefix}:people:repeat:c`, 'data', '{not json', 'opts', '{not json')
  const list = await schedules.list()
  const errors = Object.fromEntries(list.map(({ id, error }) => [id, error?.code]))
  expect(errors).toEqual({ a: undefined, b: 'TEXT_INVALID', c: 'JOB_UNKNOWN' })
})

const refusedRepeats: [title: string, repeat: unknown, path: string][] = [
  ['a pattern that is none', { pattern: 'every day' }, 'repeat.pattern'],
  ['an hour that no day has', { pattern: '0 25 * * *' }, 'repeat.pattern'],
  ['a day that no year has', { pattern: '0 0 31 2 *' }, 'repeat.pattern'],
  ['an empty pattern', { pattern: ' ' }, 'repeat.pattern'],
  ['a time zone that is none', { pattern: '* * * * *', tz: 'Europe/Atlantis' }, 'repeat.tz'],
  ['both ways', { pattern: '* * * * *', every: 5 }, 'repeat'],
  ['neither way', { limit: 5 }, 'repeat'],
  ['no time between', { every: 0 }, 'repeat.every'],
  ['a limit of none', { every: 5, limit: 0 }, 'repeat.limit'],
  ['a date that is none', { every: 5, startDate: 'soon' }, 'repeat.startDate'],
  ['an end that has passed', { every: 5, endDate: new Date(5) }, 'repeat.endDate'],
  ['immediately beside every', { every: 5, immediately: true }, 'repeat.immediately'],
  ['immediately beside startDate', { pattern: '* * * * *', immediately: true, startDate: 5 }, 'repeat.immediately'],
  ['an option that nobody knows', { every: 5, cron: '* * * * *' }, 'repeat.cron'],
  ['nothing', undefined, 'repeat'],
]

test.each(refusedRepeats)('refuses %s, and names the path', async (_title, repeat, path) => {
  const { schedules } = openProducer()
  const refused = schedules.upsert('a', { name: 'anything', payload: 1, repeat: repeat as Repeat })
  expect(await rejection(refused)).toMatchObject({ code: 'OPTIONS_INVALID', job: 'anything', path })
  expect(await schedules.list()).toEqual([])
})

test.each(['', 'a:b', 5, 'x'.repeat(101)])('refuses the id %j', async (id) => {
  const { schedules } = openProducer()
  const refused = untyped(schedules.upsert)(id, { name: 'anything', payload: 1, repeat: yearly })
  expect(await rejection(refused)).toMatchObject({ code: 'OPTIONS_INVALID', path: 'id' })
})

test('refuses payloads, jobs and options, as enqueue does', async () => {
  const { schedules, close } = openProducer()
  const upsert = untyped(schedules.upsert)
  const wrong = upsert('a', { name: 'greet', payload: { person: ada, at: 'now' }, repeat: yearly })
  expect(await rejection(wrong)).toMatchObject({ code: 'PAYLOAD_INVALID', job: 'greet', path: '$.at' })
  const lost = upsert('a', { name: 'anything', payload: { f() {} }, repeat: yearly })
  expect(await rejection(lost)).toMatchObject({ code: 'UNSUPPORTED_VALUE', path: '$.f' })
  expect(await rejection(upsert('a', { name: 'nobody', repeat: yearly }))).toMatchObject({ code: 'JOB_UNKNOWN' })
  const delayed = upsert('a', { name: 'anything', repeat: yearly, options: { delay: 5 } })
  expect(await rejection(delayed)).toMatchObject({ code: 'OPTIONS_INVALID', path: 'options.delay' })
  await close()
  expect(await rejection(schedules.list())).toMatchObject({ code: 'CLOSED' })
})

test('runs what a worker of another process scheduled, and tells its result', async () => {
  const contract = defineQueue('people', { prefix: freshPrefix(), models: [person], jobs: peopleJobs })
  const producer = openProducer(contract)
  const { nextRun } = await producer.schedules.upsert('a', { name: 'greet', payload, repeat: { every: 3_600_000 } })
  const worker = createWorker(contract, {
    connection: redisUrl,
    shutdownOnSignals: false,
    handlers: {
      greet: ({ person: who }) => ({ text: `${who}`, greetedAt: new Date(1), friends: [who] }),
      anything: () => {},
    },
  })
  onTestFinished(() => worker.close())
  expect(await nextRun.result()).toEqual({ text: 'Ada 36', greetedAt: new Date(1), friends: [ada] })
})

test.each<Repeat>([yearly, { every: 60_000 }, { pattern: '0 0 1 1 *', limit: 3, endDate: new Date(4e12) }])(
  'takes the repeat that it tells of: %j',
  async (repeat) => {
    const { schedules } = openProducer()
    await schedules.upsert('a', { name: 'greet', payload, repeat })
    const told = await schedules.get('a')
    await schedules.upsert('b', { name: 'greet', payload, repeat: untyped((given: Repeat) => given)(told?.repeat) })
    expect((await schedules.get('b'))?.repeat).toEqual(told?.repeat)
  },
)
