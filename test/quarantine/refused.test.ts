import { Queue } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'
import { openClient, redisUrl } from '../connection.ts'
import { openProducer, openWorker, peopleQueue, rejection } from '../queue/people.ts'
import { changedByTaking, enqueuePoison, poisons, readKept, without } from './poison.ts'

test.each(poisons)('keeps a job whose $title, byte for byte, while others go on', async (poison) => {
  const { code, path } = poison
  const contract = peopleQueue()
  const { producer, job, redis, key, before } = await enqueuePoison(contract, poison)
  const good = await producer.enqueue('anything', 'good')
  let runs = 0
  const worker = openWorker(contract, (payload) => {
    runs += 1
    return payload
  })
  const failures: unknown[] = []
  worker.bullmq.on('failed', (_job, error) => failures.push(error)).on('error', (error) => failures.push(error))

  const error = await rejection(job.result({ timeoutMs: 2_000 }))
  expect(error).toMatchObject({ code: 'JOB_QUARANTINED', job: 'anything', cause: { code, ...(path && { path }) } })
  expect(String(error)).toContain(code)
  expect(String(error)).not.toContain('secret')
  expect(await good.result()).toBe('good')
  expect(runs).toBe(1)
  expect(failures).toEqual([])
  expect(await job.state()).toBe('quarantined')
  expect(await job.cancel()).toMatchObject({ state: 'ended' })
  expect(await producer.control.counts()).toMatchObject({ waiting: 0, active: 0, failed: 0, quarantined: 1 })
  expect(await redis.exists(key, `${key}:lock`)).toBe(0)
  const entry = `${contract.prefix}:people-quarantine:${job.id}`
  expect(without(await readKept(redis, entry), changedByTaking)).toEqual(without(before, changedByTaking))
})

test('shows what it keeps to every tool of BullMQ', async () => {
  const contract = peopleQueue()
  for (const poison of poisons) await enqueuePoison(contract, poison)
  const tool = new Queue('people-quarantine', { connection: { url: redisUrl }, prefix: String(contract.prefix) })
  onTestFinished(() => tool.close())
  openWorker(contract, () => {})
  await expect.poll(() => tool.getFailedCount()).toBe(poisons.length)
  const jobs = await tool.getJobs()
  expect(jobs.map(({ data }) => data.code).sort()).toEqual(poisons.map(({ code }) => code).sort())
  for (const { data, failedReason, timestamp, finishedOn } of jobs) {
    expect(data).toMatchObject({ kind: 'quarantined', queue: 'people', reason: failedReason })
    expect(Number.isSafeInteger(timestamp) && Number.isSafeInteger(finishedOn)).toBe(true)
  }
})

test('runs a job whose stored progress is no JSON', async () => {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('anything', 1)
  await openClient().hset(`${contract.prefix}:people:${job.id}`, 'progress', '{')
  openWorker(contract, () => 'ran')
  expect(await job.result()).toBe('ran')
})

test('fails a job of which nothing is left', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1)
  await openClient().del(`${contract.prefix}:people:${job.id}`)
  openWorker(contract, (payload) => payload)
  const good = await producer.enqueue('anything', 'good')
  expect(await good.result()).toBe('good')
  expect(await rejection(job.result())).toMatchObject({ code: 'JOB_REMOVED' })
})

test('lists the jobs of a queue whatever became of one of them', async () => {
  const contract = peopleQueue()
  for (const poison of poisons) await enqueuePoison(contract, poison)
  const producer = openProducer(contract)
  const good = await producer.enqueue('anything', 'good')
  const jobs = await producer.bullmq.getJobs()
  expect(jobs).toHaveLength(poisons.length + 1)
  expect(jobs.find(({ id }) => id === good.id)?.data).toMatchObject({ brine: 1, job: 'anything' })
  expect(jobs.map(({ data }) => data)).toContain('not json')
})

test('tells of it in the events of the queue', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const events = producer.events()
  const job = await producer.enqueue('anything', 1)
  await openClient().hset(`${contract.prefix}:people:${job.id}`, 'data', '{}')
  openWorker(contract, () => {})
  for await (const event of events) {
    if (event.type !== 'quarantined') continue
    expect(event).toMatchObject({ id: job.id, name: 'anything', code: 'TEXT_INVALID' })
    expect(event.error).toMatchObject({ code: 'JOB_QUARANTINED', path: '$', cause: { code: 'TEXT_INVALID' } })
    break
  }
})

test('tells those who ask later, also when the events are gone', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1)
  const redis = openClient()
  await redis.hset(`${contract.prefix}:people:${job.id}`, 'data', '{}')
  openWorker(contract, () => {})
  await expect.poll(() => job.state()).toBe('quarantined')
  const refused = { code: 'JOB_QUARANTINED', cause: { code: 'TEXT_INVALID' } }
  expect(await rejection(producer.job('anything', job.id).result())).toMatchObject(refused)
  await redis.del(`${contract.prefix}:people:events`)
  expect(await rejection(openProducer(contract).job('anything', job.id).result())).toMatchObject(refused)
})

test('keeps each of two jobs that had one id', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const key = `${contract.prefix}:people:twice`
  openWorker(contract, () => {})
  for (const data of ['first', 'second']) {
    await producer.bullmq.pause()
    const job = await producer.enqueue('anything', 1, { jobId: 'twice' })
    await redis.hset(key, 'data', data)
    await producer.bullmq.resume()
    await expect.poll(() => producer.bullmq.getJobCountByTypes('wait', 'active')).toBe(0)
    expect(await job.state()).toBe('quarantined')
  }
  expect(await producer.control.counts()).toMatchObject({ quarantined: 2 })
  const quarantine = `${contract.prefix}:people-quarantine`
  const ids = await redis.zrange(`${quarantine}:failed`, '0', '-1')
  const kept = await Promise.all(ids.map((id) => redis.hget(`${quarantine}:${id}`, 'was:data')))
  expect(kept).toEqual(['first', 'second'])
})

test('gives back what a refused job would hold from others: its deduplication, and its part in a rate limit', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const held = { deduplication: { id: 'one' } }
  const first = await producer.enqueue('anything', 1, held)
  await redis.hset(`${contract.prefix}:people:${first.id}`, 'data', '[')
  openWorker(contract, (payload) => payload, { limiter: { max: 2, duration: 600_000 } })
  await rejection(first.result())
  const second = await producer.enqueue('anything', 2, held)
  expect(second.id).not.toBe(first.id)
  expect(await second.result()).toBe(2)
  expect(await redis.get(`${contract.prefix}:people:limiter`)).toBe('1')
})

test('stores the job that deduplication kept for the end of a refused one', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const held = { deduplication: { id: 'one', keepLastIfActive: true } }
  const first = await producer.enqueue('anything', 1, held)
  const key = `${contract.prefix}:people`
  // The next one is kept while the first is active: as when it is refused just then.
  await redis.hset(`${key}:dn:one`, {
    name: 'anything',
    data: String(await redis.hget(`${key}:${first.id}`, 'data')).replace(/\[1\]/, '[2]'),
    opts: '{"attempts":0,"de":{"id":"one","keepLastIfActive":true}}',
    jid: 'the-next',
  })
  await redis.hset(`${key}:${first.id}`, 'data', '[')
  openWorker(contract, (payload) => payload)
  await rejection(first.result())
  expect(await producer.job('anything', 'the-next').result()).toBe(2)
  expect(await redis.exists(`${key}:dn:one`, `${key}:de:one`)).toBe(0)
})

test.each([
  ['no hash stands under its key', undefined],
  ['no hash stands under its key, with a rate limit', { max: 100, duration: 1_000 }],
  ['the count of its starts is no number', undefined],
])('keeps a job that BullMQ cannot take, since %s, alone and behind another', async (title, limiter) => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const jobs = await producer.enqueueBulk(
    ['bad', 'good', 'bad', 'bad', 'good'].map((payload) => ({ name: 'anything' as const, payload })),
  )
  const bad = jobs.filter((_, index) => index !== 1 && index !== 4)
  for (const { id } of bad) {
    const key = `${contract.prefix}:people:${id}`
    if (title.startsWith('the count')) await redis.hset(key, 'ats', 'many')
    else await redis.set(key, 'text')
  }
  openWorker(contract, (payload) => payload, limiter ? { limiter } : {})
  for (const job of bad) {
    expect(await rejection(job.result({ timeoutMs: 2_000 }))).toMatchObject({
      code: 'JOB_QUARANTINED',
      cause: { code: 'TEXT_INVALID' },
    })
  }
  for (const index of [1, 4]) expect(await jobs[index]?.result()).toBe('good')
  expect(await producer.control.counts()).toMatchObject({ active: 0, waiting: 0, failed: 0, quarantined: 3 })
  expect(await producer.quarantine.replay({})).toMatchObject({ replayed: 3 })
  await expect.poll(() => producer.quarantine.count()).toBe(3)
})
