// Times that a stranger wrote, which no Date can hold. An invalid Date throws where somebody prints it.
import { createMetrics } from 'brinemq/metrics'
import { createMonitor } from 'brinemq/monitor'
import { expect, onTestFinished, test } from 'vitest'
import { createAnnouncements } from '../../src/rollout/announcements.ts'
import { openClient, redisUrl } from '../connection.ts'
import { gate, openProducer, openWorker, peopleQueue, rejection } from '../queue/people.ts'

const beyond = '99999999999999999999'

function open() {
  const contract = peopleQueue()
  const monitor = createMonitor(contract, { connection: redisUrl })
  onTestFinished(() => monitor.close())
  const redis = openClient()
  const at = (key: string) => `${contract.prefix}:people:${key}`
  return { contract, redis, at, queue: monitor.queue(contract), producer: openProducer(contract) }
}

test('the job that waits longest is one whose time can be told', async () => {
  const { contract, redis, at, queue, producer } = open()
  const [forged, good] = await producer.enqueueBulk([1, 2].map((payload) => ({ name: 'anything', payload })))
  for (const time of [beyond, `-${beyond}`]) {
    await redis.hset(at(String(forged?.id)), 'timestamp', time)
    const oldest = await queue.oldestWaiting()
    expect(oldest?.id).toBe(good?.id)
    expect(oldest?.since.toISOString()).toMatch(/^20/)
  }
  await redis.hset(at(String(forged?.id)), { timestamp: '1', delay: `-${beyond}` })
  const metrics = createMetrics({ queues: [contract], connection: redisUrl })
  onTestFinished(() => metrics.close())
  expect(await metrics.registry.metrics()).not.toContain('NaN')
})

test('forged times of jobs that ended are left out of how long jobs waited and ran', async () => {
  const { contract, redis, at, queue, producer } = open()
  openWorker(contract, (payload) => payload)
  const [forged, good] = await producer.enqueueBulk([1, 2].map((payload) => ({ name: 'anything', payload })))
  await Promise.all([forged?.result(), good?.result()])
  for (const field of ['finishedOn', 'processedOn', 'timestamp']) {
    await redis.hset(at(String(forged?.id)), field, beyond)
    const { jobs, from, to, runMs } = await queue.times()
    expect(jobs).toBe(1)
    expect([from, to].map((date) => date?.toISOString())).toEqual([expect.any(String), expect.any(String)])
    expect(runMs?.median).toBeLessThan(60_000)
  }
})

test('forged counts of ended jobs are none, and take no memory', async () => {
  const { redis, at, queue } = open()
  await redis.hset(at('metrics:completed'), { count: 'x', prevTS: '1', prevCount: 'x' })
  await redis.rpush(at('metrics:completed:data'), 'x', beyond, '-inf')
  const before = process.memoryUsage().heapUsed
  expect(await queue.throughput({ minutes: 3 })).toMatchObject({ completed: 0, completedByMinute: [0, 0, 0] })
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000)
})

test('a schedule has a next run, whatever its score, and no dates that are none', async () => {
  const { redis, at, producer } = open()
  await producer.schedules.upsert('nightly', { name: 'anything', payload: 1, repeat: { every: 60_000 } })
  await redis.hset(at('repeat:nightly'), { startDate: beyond, endDate: 'x', limit: 'x', ic: '1e400' })
  for (const score of ['inf', '-inf', '1e300']) {
    await redis.zadd(at('repeat'), score, 'nightly')
    const schedule = await producer.schedules.get('nightly')
    expect(schedule?.next.toISOString()).toMatch(/275760|271821/)
    expect(schedule?.iterationCount).toBe(0)
    expect(schedule?.repeat).toEqual({ every: 60_000, offset: expect.any(Number) })
  }
})

test.each([beyond, 'x', ''])('an event says until when a job is delayed, by a time of %j', async (delay) => {
  const { redis, at, producer } = open()
  const told = gate<Date>()
  const reading = (async () => {
    for await (const event of producer.events({ after: '0' })) {
      if (event.type === 'delayed') return told.open(event.until)
    }
  })()
  await redis.xadd(at('events'), '*', 'event', 'delayed', 'jobId', 'one', 'delay', delay)
  expect((await told.opened).toISOString()).toMatch(/^20/)
  await reading
})

test('a job whose time of enqueueing is beyond a Date goes to quarantine, where a time that is none is undefined', async () => {
  const { contract, redis, at, producer } = open()
  const [forged, other] = await producer.enqueueBulk([1, 2].map((payload) => ({ name: 'anything', payload })))
  for (const job of [forged, other]) await redis.hset(at(String(job?.id)), 'timestamp', beyond)
  openWorker(contract, (_, { enqueuedAt }) => enqueuedAt.toISOString())
  for (const job of [forged, other]) {
    expect(await rejection(job?.result() ?? Promise.resolve())).toMatchObject({ code: 'JOB_QUARANTINED' })
  }
  const entry = `${contract.prefix}:people-quarantine:${forged?.id}`
  const record = JSON.parse(String(await redis.hget(entry, 'data')))
  await redis.hset(entry, 'data', JSON.stringify({ ...record, at: '+999999-01-01' }))
  const { quarantine } = producer
  expect((await quarantine.get(String(forged?.id)))?.record.at).toBeUndefined()
  const [group] = await quarantine.groups()
  expect(group).toMatchObject({ count: 2, oldest: expect.any(Date) })
  expect(group?.newest?.toISOString()).toBe(group?.oldest?.toISOString())
  expect(await quarantine.groups({ until: new Date(8.64e15) })).toMatchObject([{ count: 1 }])
})

test('a worker that announces no time has none', async () => {
  const { contract, redis, at } = open()
  const announcements = createAnnouncements('people', contract.prefix, { client: redis })
  const known = JSON.stringify({ jobs: {}, models: {}, encodings: [], keys: [], schedules: [] })
  const one = { id: 'one', name: 'w', host: 'h', pid: 1, startedAt: new Date(0), brinemq: '1', clockAheadMs: 0 }
  await announcements.write(one, known)
  const record = String(await redis.hget(at('brine:announced'), 'worker:one'))
  await redis.hset(at('brine:announced'), 'worker:one', record.replace('"startedAt":0', `"startedAt":${beyond}`))
  expect(await announcements.readAll()).toMatchObject([{ id: 'one', startedAt: undefined }])
})
