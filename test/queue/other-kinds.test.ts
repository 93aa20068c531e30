// What a stranger writes in place of a queue's own keys, and what BrineMQ's scripts do beside it.
import { createFlowProducer, node } from 'brinemq'
import type { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { reacquireLock } from '../../src/bullmq/reacquire-lock.ts'
import { countSoloStart } from '../../src/bullmq/solo-starts.ts'
import { StoredQueue } from '../../src/bullmq/stored-queue.ts'
import { openConnection } from '../../src/connection/connection.ts'
import { createAnnouncements } from '../../src/rollout/announcements.ts'
import { createReconcileLease } from '../../src/schedule/reconcile-lease.ts'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { announcer, knownText } from '../rollout/announcer.ts'
import { openProducer, openWorker, type People, peopleQueue, rejection } from './people.ts'

type Plant = (redis: Redis, at: (key: string) => string) => Promise<unknown>

function open() {
  const contract = peopleQueue()
  const redis = openClient()
  return { contract, redis, producer: openProducer(contract), at: (key: string) => `${contract.prefix}:people:${key}` }
}

type Opened = ReturnType<typeof open>

/** Has a worker refuse jobs, and gives their ids and what the worker reported. */
async function refuse({ contract, producer, redis, at }: Opened, options = {}, count = 1) {
  const jobs = await producer.enqueueBulk(
    Array.from({ length: count }, () => ({ name: 'anything' as const, payload: 1, options })),
  )
  for (const { id } of jobs) await redis.hset(at(id), 'data', '{}')
  const errors: unknown[] = []
  const worker = openWorker(contract, () => 'ran', { onError: (error) => errors.push(error) })
  for (const job of jobs) expect(await rejection(job.result())).toMatchObject({ code: 'JOB_QUARANTINED' })
  await worker.close()
  return { ids: jobs.map(({ id }) => id), errors }
}

test.each<[string, Plant]>([
  ['a list in place of the limiter', (redis, at) => redis.rpush(at('limiter'), 'x')],
  [
    'a count in the limiter that Redis cannot count down',
    async (redis, at) => {
      await redis.set(at('limiter'), '1e3', 'PX', 60_000)
      await redis.hset(at('meta'), 'duration', '60000')
    },
  ],
])('a worker quarantines a job beside %s, and reports no error', async (_, plant) => {
  const opened = open()
  await plant(opened.redis, opened.at)
  const { errors } = await refuse(opened)
  expect(errors).toEqual([])
  expect(await opened.producer.quarantine.count()).toBe(1)
})

test('a worker quarantines a job beside a text in place of the stalled jobs, and tells of it', async () => {
  const opened = open()
  await opened.redis.set(opened.at('stalled'), 'x')
  const { ids } = await refuse(opened)
  expect(await opened.redis.exists(opened.at(`${ids[0]}:lock`))).toBe(0)
})

test.each<[string, Plant]>([
  ['a limit of jobs at once that is no number', (redis, at) => redis.hset(at('meta'), 'concurrency', 'abc')],
  ['a number of events to keep that is none', (redis, at) => redis.hset(at('meta'), 'opts.maxLenEvents', 'abc')],
  ['a count of priorities that is none', (redis, at) => redis.set(at('pc'), 'abc')],
  ['a text in place of the events', (redis, at) => redis.del(at('events')).then(() => redis.set(at('events'), 'x'))],
  ['a text in place of the marker', (redis, at) => redis.del(at('marker')).then(() => redis.set(at('marker'), 'x'))],
])('replays and discards beside %s', async (_, plant) => {
  const opened = open()
  const { redis, at, producer } = opened
  const { ids } = await refuse(opened, { priority: 3 }, 3)
  await plant(redis, at)
  const [first = '', ...rest] = ids
  expect(await producer.quarantine.replay(first)).toMatchObject({ replayed: 1, refused: [] })
  expect(await redis.zrange(at('prioritized'), '0', '-1')).toEqual([first])
  expect(await producer.quarantine.discard(rest)).toBe(2)
  expect(await producer.quarantine.count()).toBe(0)
})

test('a job that cannot wait stays in quarantine, and is replayed once its queue is mended', async () => {
  const opened = open()
  const { redis, at, producer } = opened
  const { ids } = await refuse(opened)
  await redis.set(at('wait'), 'x')
  expect(await producer.quarantine.replay(ids)).toMatchObject({ replayed: 0, refused: [{ code: 'TEXT_INVALID' }] })
  expect(await redis.exists(at(String(ids[0])))).toBe(0)
  await redis.del(at('wait'))
  expect(await producer.quarantine.replay(ids)).toMatchObject({ replayed: 1, existing: [] })
})

test.each<
  [string, isReleased: boolean, plant: (redis: Redis, at: (key: string) => string, parent: string) => Promise<unknown>]
>([
  [
    'a text in place of its children',
    false,
    async (redis, at, parent) => {
      await redis.del(at(`${parent}:dependencies`))
      await redis.set(at(`${parent}:dependencies`), 'x')
    },
  ],
  ['a limit of jobs at once that is no number', true, (redis, at) => redis.hset(at('meta'), 'concurrency', 'abc')],
  ['a text in place of the jobs that wait', false, (redis, at) => redis.set(at('wait'), 'x')],
])('discards the child of a parent with %s, and the entry behind it', async (_, isReleased, plant) => {
  const opened = open()
  const parents = open()
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  const children = [node(opened.contract, 'anything', 'child')]
  const { job: parent, children: below } = await flows.add(node(parents.contract, 'anything', 'parent', { children }))
  await opened.redis.hset(opened.at(String(below[0]?.job.id)), 'data', '{}')
  await refuse(opened)
  await plant(parents.redis, parents.at, parent.id)
  expect(await opened.producer.quarantine.discard({})).toBe(2)
  expect(await opened.producer.quarantine.count()).toBe(0)
  // One that could not be moved is where it was.
  expect(await parents.redis.zcard(parents.at('waiting-children'))).toBe(isReleased ? 0 : 1)
})

function openQueue({ name, prefix = '' }: People): StoredQueue {
  const connection = openConnection(redisUrl, 'fail')
  const queue = new StoredQueue(name, connection, { prefix })
  onTestFinished(() => queue.close().then(() => connection.close()))
  return queue
}

test('workers announce themselves although somebody took the place of what they announce', async () => {
  const [prefix, client] = [freshPrefix(), openClient()]
  const announcements = createAnnouncements('people', prefix, { client })
  const known = knownText(['nightly'])
  const key = `${prefix}:people:brine:announced`
  for (const taken of [key, `${key}:until`]) {
    await client.del(taken)
    await client.set(taken, 'x')
    expect(await announcements.readOthers('another')).toEqual([])
    await announcements.write({ id: 'genuine', ...announcer }, known)
    expect(await announcements.readOthers('another')).toMatchObject([{ schedules: ['nightly'] }])
  }
})

test('a lease is let go although something else took its place', async () => {
  const { contract, redis, at } = open()
  const lease = createReconcileLease(openQueue(contract), redis, (work) => work())
  await lease.acquire()
  await redis.del(at('brine:reconcile'))
  await redis.rpush(at('brine:reconcile'), 'x')
  await lease.release()
  expect(await redis.llen(at('brine:reconcile'))).toBe(1)
})

test('a job is taken back, or counted, although other keys hold something else', async () => {
  const { contract, producer, redis, at } = open()
  const { id } = await producer.enqueue('anything', 1)
  await redis.rpoplpush(at('wait'), at('active'))
  await redis.hset(at(id), 'ats', '1')
  const timestamp = Number(await redis.hget(at(id), 'timestamp'))
  for (const key of ['delayed', 'prioritized', 'waiting-children', 'wait']) await redis.set(at(key), 'x')
  const job = { id, token: 'ours', timestamp, attemptsStarted: 1, attemptsMade: 0 }
  expect(await reacquireLock(openQueue(contract).backend, job, 1_000)).toBe('held')
  await redis.set(at('other'), 'x')
  await countSoloStart(redis, at('other'))
})
