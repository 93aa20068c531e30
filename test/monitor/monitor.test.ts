import { createMonitor, type Monitor } from 'brinemq/monitor'
import { expect, onTestFinished, test } from 'vitest'
import { openClient, redisUrl } from '../connection.ts'
import {
  gate,
  openProducer,
  openWorker,
  type People,
  Person,
  peopleQueue,
  rejection,
  TooYoung,
} from '../queue/people.ts'

const john = new Person('John', 20)

function open(contract: People) {
  const monitor: Monitor<People> = createMonitor(contract, { connection: redisUrl })
  onTestFinished(() => monitor.close())
  return monitor.queue(contract)
}

/** The key of a job's hash, or of one of the queue's lists. */
const keyOf = ({ prefix, name }: People, key: string) => `${prefix}:${name}:${key}`

test('lists jobs by state, decoded, validated and typed, and says what is wrong with the others in the midst of them', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const queue = open(contract)
  const client = openClient()
  const greet = { name: 'greet', payload: { person: john, at: new Date(5) } } as const
  const [cut, undecodable, invalid, renamed, gone, huge, list, good] = await producer.enqueueBulk(Array(8).fill(greet))
  const key = (job: { id: string } | undefined) => keyOf(contract, job?.id ?? '')
  const data = String(await client.hget(key(good), 'data'))
  await client.hset(key(cut), 'data', data.slice(0, -9))
  await client.hset(key(undecodable), 'data', data.replace('person@1', 'nobody@1'))
  await client.hset(key(invalid), 'data', data.replace(',at:d', ',on:d'))
  await client.hset(key(renamed), 'name', 'greets')
  await client.hset(key(huge), 'data', 'x'.repeat(3_000_000))
  await client.del(key(gone), key(list))
  await client.rpush(key(list), 'no hash')

  const { jobs, total, next } = await queue.jobs('waiting', { count: 8 })
  expect({ total, next }).toEqual({ total: 8, next: undefined })
  expect(
    jobs.map(({ id, payload: { unreadable } }) => ({ id, code: unreadable?.code, path: unreadable?.path })),
  ).toEqual([
    { id: cut?.id, code: 'TEXT_INVALID', path: '$' },
    { id: undecodable?.id, code: 'TAG_UNKNOWN', path: '$.person' },
    { id: invalid?.id, code: 'PAYLOAD_INVALID', path: '$.at' },
    { id: renamed?.id, code: 'JOB_UNKNOWN', path: undefined },
    { id: huge?.id, code: 'LIMIT_EXCEEDED', path: undefined },
    { id: good?.id, code: undefined, path: undefined },
  ])
  expect(jobs[2]?.payload.unreadable && jobs[2].payload.decoded).toEqual({ value: { person: john, on: new Date(5) } })
  const last = jobs.at(-1)
  if (last?.name !== 'greet' || last.payload.unreadable) throw new Error('is not read')
  expect(last.payload.value.person).toBeInstanceOf(Person)
  expect(last).toMatchObject({ state: 'waiting', storedName: 'greet', attempts: 0, maxAttempts: 1, error: undefined })
  expect(last.payload.bytes).toBe(data.length)

  const [first, second] = [
    await queue.jobs('waiting', { count: 5 }),
    await queue.jobs('waiting', { start: 5, count: 5 }),
  ]
  expect([...first.jobs, ...second.jobs].map(({ id }) => id)).toEqual(jobs.map(({ id }) => id))
  expect([first.next, second.next]).toEqual([5, undefined])
  const backwards = await queue.jobs('waiting', { count: 1, reverse: true })
  expect(backwards.jobs[0]?.id).toBe(good?.id)
})

test('shows the results, errors, progress and times of jobs in every state', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const queue = open(contract)
  const [held, release] = [gate(), gate()]
  openWorker(
    contract,
    async () => {
      held.open()
      await release.opened
      throw new TooYoung(john)
    },
    { name: 'w1' },
  )
  const done = await producer.enqueue('greet', { person: john, at: new Date() })
  await done.result()
  const failing = await producer.enqueue('anything', 1)
  await held.opened
  const delayed = await producer.enqueue('anything', 2, { delay: 60_000, attempts: 3 })
  const running = await queue.workers()
  expect(running.elsewhere).toEqual([])
  expect(running.workers.map(({ name, jobs }) => ({ name, ids: jobs.map(({ id }) => id) }))).toEqual([
    { name: 'w1', ids: [failing.id] },
  ])
  expect((await queue.job(failing.id))?.state).toBe('active')
  release.open()
  await rejection(failing.result())

  expect(await queue.counts()).toMatchObject({ completed: 1, failed: 1, delayed: 1, active: 0, quarantined: 0 })
  const completed = await queue.job(done.id)
  expect(completed).toMatchObject({ state: 'completed', name: 'greet', worker: 'w1', attempts: 1 })
  expect(completed?.result?.value).toMatchObject({ text: 'Hi John 20', friends: [expect.any(Person)] })
  const failed = await queue.job(failing.id)
  expect(failed?.error).toMatchObject({ kind: 'TooYoung', code: undefined, message: 'John is too young' })
  expect(failed?.error?.value).toBeInstanceOf(TooYoung)
  const later = await queue.job(delayed.id)
  expect(later).toMatchObject({ state: 'delayed', maxAttempts: 3 })
  expect(Math.abs(Number(later?.dueAt) - Date.now() - 60_000)).toBeLessThan(20_000)
  expect(await queue.job('nobody')).toBeUndefined()
  expect(await queue.job('meta')).toBeUndefined()

  const times = await queue.times()
  expect(times).toMatchObject({ jobs: 2, waitMs: { median: expect.any(Number) }, runMs: { p99: expect.any(Number) } })
  expect([...times.byJob.keys()].sort()).toEqual(['anything', 'greet'])
  expect(await queue.throughput()).toMatchObject({ completed: 1, failed: 1, source: 'kept' })
})

test('groups failures by job, class, code and the shape of the message', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  openWorker(contract, (payload) => {
    if (payload === 'typo') throw new TypeError('no such thing')
    if (payload === 'code') throw Object.assign(new Error('it broke'), { code: 'E_BROKE' })
    throw new Error(`could not reach host-${payload} in 30 s`)
  })
  const payloads = ['typo', 'code', 'a', 'b', 'c', 'd']
  const jobs = await producer.enqueueBulk(payloads.map((payload) => ({ name: 'anything' as const, payload })))
  await Promise.all(jobs.map((job) => rejection(job.result())))
  const { groups, total } = await open(contract).failures()
  expect(total).toBe(6)
  expect(groups.map(({ kind, code, message, count }) => [kind, code, message, count])).toEqual([
    ['Error', undefined, 'could not reach … in # s', 4],
    expect.arrayContaining(['Error', 'E_BROKE', 'it broke', 1]),
    expect.arrayContaining(['TypeError', undefined, 'no such thing', 1]),
  ])
  expect(groups[0]?.ids).toHaveLength(4)
})

test('finds the job that waits longest, also behind a priority', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const queue = open(contract)
  expect(await queue.oldestWaiting()).toBeUndefined()
  await producer.enqueue('anything', 1)
  const oldest = await producer.enqueue('anything', 2, { priority: 9, timestamp: Date.now() - 60_000 })
  await producer.enqueue('anything', 3, { delay: 60_000, timestamp: Date.now() - 120_000 })
  expect(await queue.oldestWaiting()).toMatchObject({ id: oldest.id, state: 'prioritized', exact: true })
})

test("counts what ended by BullMQ's own metrics where workers collect them", async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  openWorker(contract, () => {}, { metrics: { maxDataPoints: 60 } })
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 5 }, (_, payload) => ({
      name: 'anything' as const,
      payload,
      options: { removeOnComplete: true },
    })),
  )
  await Promise.all(jobs.map((job) => job.result()))
  expect(await open(contract).throughput({ minutes: 5 })).toMatchObject({ completed: 5, failed: 0, source: 'metrics' })
})

test('tells of events with their values, and of jobs in several queues', async () => {
  const contract = peopleQueue()
  const other = peopleQueue()
  const monitor = createMonitor([contract, other], { connection: redisUrl })
  onTestFinished(() => monitor.close())
  const events = monitor.queue(contract).events()
  const next = (async () => {
    for await (const event of events) if (event.type === 'completed') return event
    return undefined
  })()
  const job = await openProducer(contract).enqueue('greet', { person: john, at: new Date() })
  openWorker(contract, () => {})
  expect(await next).toMatchObject({ id: job.id, name: 'greet', result: { text: 'Hi John 20' } })
  await openProducer(other).enqueue('anything', 1, { jobId: job.id })
  expect((await monitor.find(job.id)).map(({ name }) => name)).toEqual(['greet', 'anything'])
  await monitor.close()
  expect(await rejection(monitor.queue(contract).counts())).toMatchObject({ code: 'CLOSED' })
})

test.each([
  ['an unknown state', (queue: ReturnType<typeof open>) => queue.jobs(JSON.parse('"late"')), 'state'],
  ['a page of all jobs', (queue: ReturnType<typeof open>) => queue.jobs('failed', { count: 5_000 }), 'count'],
  ['a page before the first', (queue: ReturnType<typeof open>) => queue.jobs('failed', { start: -1 }), 'start'],
])('refuses %s', async (_title, ask, path) => {
  expect(await rejection(ask(open(peopleQueue())))).toMatchObject({ code: 'OPTIONS_INVALID', path })
})
