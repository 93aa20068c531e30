import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { openProducer, openWorker, peopleQueue, rejection } from '../queue/people.ts'

async function quarantined() {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const job = await producer.enqueue('anything', 1)
  await redis.hset(`${contract.prefix}:people:${job.id}`, 'data', '{}')
  openWorker(contract, () => 'ran')
  await expect.poll(() => job.state()).toBe('quarantined')
  return { contract, producer, redis, job, entry: `${contract.prefix}:people-quarantine:${job.id}` }
}

test('a job in quarantine says so to whoever would retry, promote or remove it', async () => {
  const { producer, job } = await quarantined()
  const refused = { code: 'JOB_STATE_INVALID', job: 'anything', message: expect.stringContaining('quarantine') }
  const asked = [job.retry(), job.remove(), job.promote()].map(rejection)
  for (const error of await Promise.all(asked)) expect(error).toMatchObject(refused)
  expect(await producer.quarantine.count()).toBe(1)
})

// As whoever may write to Redis might have it; none of it is sealed.
const noise = `\u001b[2J\n\u202e${'x'.repeat(100_000)}\ud800`

test('what a forged record says is bounded, and no terminal obeys it', async () => {
  const { contract, redis, job, entry } = await quarantined()
  const forged = {
    code: noise,
    job: noise,
    path: noise,
    reason: noise,
    worker: noise,
    queue: noise,
    at: noise,
    id: noise,
  }
  await redis.hset(entry, 'data', JSON.stringify(forged))
  await redis.del(`${contract.prefix}:people:events`)
  const producer = openProducer(contract)
  const error = await rejection(producer.job('anything', job.id).result())
  const { value: listed } = await producer.quarantine.list().next()
  for (const told of [String(error), ...Object.values({ ...listed, at: '' }).map(String)]) {
    expect(told.length).toBeLessThan(20_000)
    expect(told).not.toMatch(/[\p{Cc}\u202e]|\p{Surrogate}/u)
  }
})

test('an event that was forged is bounded too', async () => {
  const { contract, redis } = await quarantined()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 2, { delay: 1e9 })
  let isTold = false
  const outcome = rejection(job.result()).finally(() => {
    isTold = true
  })
  const told = ['event', 'quarantined', 'jobId', job.id, 'name', noise, 'code', noise, 'path', noise, 'reason', noise]
  // What was there before it was asked for is of the past.
  while (!isTold) {
    await redis.xadd(`${contract.prefix}:people:events`, '*', ...told)
    await wait(20)
  }
  const error = String(await outcome)
  expect(error.length).toBeLessThan(20_000)
  expect(error).not.toMatch(/[\p{Cc}\u202e]/u)
})
