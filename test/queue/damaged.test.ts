import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { openProducer, openWorker, type People, peopleQueue, rejection } from './people.ts'

/** A job, and how its hash is changed behind BullMQ's back. */
async function damage(contract: People, change: (key: string) => Promise<unknown>) {
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', { secret: 1 }, { attempts: 3 })
  await change(`${contract.prefix}:people:${job.id}`)
  return { producer, job }
}

test.each([
  ['data is no JSON', ['data', 'not json'], 'TEXT_INVALID'],
  ['data is JSON of another kind', ['data', '{"secret":1}'], 'TEXT_INVALID'],
  ['data is empty', ['data', ''], 'TEXT_INVALID'],
  ['name is not known', ['name', 'nobody'], 'JOB_UNKNOWN'],
  ['name is that of another job', ['name', 'greet'], 'TEXT_INVALID'],
  ['opts are no JSON', ['opts', '{"attempts":'], 'TEXT_INVALID'],
  ['opts are no object', ['opts', 'null'], 'TEXT_INVALID'],
  ['parent is no JSON', ['parent', 'nonsense'], 'TEXT_INVALID'],
])('fails a job at once whose %s, while others go on', async (_title, [field, value], code) => {
  const contract = peopleQueue()
  const redis = openClient()
  const { producer, job } = await damage(contract, (key) => redis.hset(key, field ?? '', value ?? ''))
  const good = await producer.enqueue('anything', 'good')
  let runs = 0
  openWorker(contract, (payload) => {
    runs += 1
    return payload
  })
  const error = await rejection(job.result())
  expect(error).toMatchObject({ code })
  expect(String(error)).not.toContain('secret')
  expect(await good.result()).toBe('good')
  expect(runs).toBe(1)
  expect(await producer.bullmq.getFailedCount()).toBe(1)
  expect(await producer.bullmq.getActiveCount()).toBe(0)
  // Not a byte of what was stored is lost.
  const kept = await redis.hget(
    `${contract.prefix}:people:${job.id}`,
    field === 'parent' ? 'brine:parent' : (field ?? ''),
  )
  expect(kept).toBe(value)
})

test('runs a job whose stored progress is no JSON', async () => {
  const contract = peopleQueue()
  const { job } = await damage(contract, (key) => openClient().hset(key, 'progress', '{'))
  openWorker(contract, () => 'ran')
  expect(await job.result()).toBe('ran')
})

test('fails a job at once whose data is gone, or all of it', async () => {
  const contract = peopleQueue()
  const one = await damage(contract, (key) => openClient().hdel(key, 'data'))
  const two = await damage(contract, (key) => openClient().del(key))
  const good = await one.producer.enqueue('anything', 'good')
  openWorker(contract, (payload) => payload)
  expect(await good.result()).toBe('good')
  expect(await rejection(one.job.result())).toMatchObject({ code: 'TEXT_INVALID' })
  expect(await rejection(two.job.result())).toMatchObject({ code: 'JOB_REMOVED' })
})

test('fails a job of a newer version, and says so', async () => {
  const contract = peopleQueue()
  const redis = openClient()
  const { job } = await damage(contract, async (key) => {
    const data = JSON.parse(String(await redis.hget(key, 'data')))
    await redis.hset(key, 'data', JSON.stringify({ ...data, version: 2 }))
  })
  openWorker(contract, (payload) => payload)
  expect(await rejection(job.result())).toMatchObject({ code: 'VERSION_NEWER', job: 'anything' })
})

test('fails a job whose payload no longer fits its schema, with the path', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', { person: 'John', at: 'secret' }, { attempts: 3 })
  const redis = openClient()
  const key = `${contract.prefix}:people:${job.id}`
  const data = String(await redis.hget(key, 'data'))
  await redis.hset(key, 'name', 'greet', 'data', data.replace('"anything"', '"greet"'))
  openWorker(contract, () => {})
  const error = await rejection(producer.job('greet', job.id).result())
  expect(error).toMatchObject({ code: 'PAYLOAD_INVALID', job: 'greet', path: '$.person' })
  expect(String(error)).not.toContain('secret')
  expect(await redis.hget(key, 'failedReason')).toContain('PAYLOAD_INVALID greet $.person')
  expect(await redis.hget(key, 'atm')).toBe('1')
})

test('works on while many damaged jobs stand between the good ones', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 90 }, (_, index) => ({ name: 'anything' as const, payload: index, options: { attempts: 2 } })),
  )
  for (const [index, { id }] of jobs.entries()) {
    const key = `${contract.prefix}:people:${id}`
    if (index % 3 === 1) await redis.hset(key, 'data', '[')
    if (index % 3 === 2) await redis.hset(key, 'opts', '[')
  }
  openWorker(contract, (payload) => payload, { concurrency: 5 })
  const results = await Promise.allSettled(jobs.map((job) => job.result()))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(30)
  expect(await producer.bullmq.getFailedCount()).toBe(60)
})
