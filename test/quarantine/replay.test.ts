import { inspect } from 'node:util'
import { createQuarantine, defineQueue, type QueueContract } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openClient, redisUrl } from '../connection.ts'
import { startProgram } from '../program.ts'
import { openProducer, openWorker, type People, peopleQueue, rejection } from '../queue/people.ts'
import { enqueuePoison, poisons, readHash } from './poison.ts'

const unknown = poisons.find(({ title }) => title === 'name is not known')
const noJson = poisons.find(({ title }) => title === 'data is no JSON')

/** Poison that a worker has put into quarantine, and the worker gone. */
async function quarantined(contract: People, given: typeof poisons) {
  const all = []
  for (const poison of given) all.push(await enqueuePoison(contract, poison))
  const worker = openWorker(contract, () => {})
  for (const { job } of all) await expect.poll(() => job.state()).toBe('quarantined')
  await worker.close()
  const [first] = all
  if (!first) throw new Error('there is no poison')
  return { ...first, all, quarantine: first.producer.quarantine }
}

function openQuarantine(contract: QueueContract) {
  const quarantine = createQuarantine(contract, { connection: redisUrl })
  onTestFinished(() => quarantine.close())
  return quarantine
}

test('lists what is kept, by pages, by what it was refused with, and one by one with its bytes', async () => {
  const contract = peopleQueue()
  const { quarantine, all } = await quarantined(contract, poisons)
  expect(await quarantine.count()).toBe(poisons.length)
  const listed = []
  for await (const job of quarantine.list({ order: 'oldest' })) listed.push(job)
  expect(listed.map(({ jobId }) => jobId).sort()).toEqual(all.map(({ job }) => job.id).sort())
  expect(listed.map(({ code }) => code).sort()).toEqual(poisons.map(({ code }) => code).sort())
  for (const { at, worker, queue, reason, code, attempts } of listed) {
    expect(Date.now() - Number(at)).toBeLessThan(60_000)
    expect({ worker, queue, attempts }).toEqual({ worker: expect.any(String), queue: 'people', attempts: 0 })
    expect(reason.startsWith(code)).toBe(true)
  }
  const groups = await quarantine.groups()
  expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(poisons.length)
  expect(groups[0]?.count).toBeGreaterThanOrEqual(groups[1]?.count ?? 0)
  const only = []
  for await (const job of quarantine.list({ code: 'PAYLOAD_INVALID', job: 'greet', path: '$.person' })) only.push(job)
  expect(only).toMatchObject([{ code: 'PAYLOAD_INVALID', version: 1 }])
  for (const [index, { job, before }] of all.entries()) {
    const kept = await quarantine.get(job.id)
    expect(kept?.fields.get('data')?.toString('latin1'), poisons[index]?.title).toBe(before.get('data'))
  }
  expect(await quarantine.get('nobody')).toBeUndefined()
})

test('shows no payload when it is printed', async () => {
  const { quarantine, job, redis, key } = await quarantined(peopleQueue(), unknown ? [unknown] : [])
  const kept = await quarantine.get(job.id)
  expect(kept?.text).toContain('secret')
  expect(inspect(kept, { depth: 9 })).not.toContain('secret')
  expect(JSON.stringify(kept)).not.toContain('secret')
  expect(await redis.exists(key)).toBe(0)
})

test('puts jobs back as they were, and those that are still refused come back to it', async () => {
  const contract = peopleQueue()
  const { quarantine, all, redis } = await quarantined(contract, poisons)
  const told = await quarantine.replay({})
  expect(told).toEqual({ replayed: poisons.length, passed: 0, refused: [], existing: [] })
  for (const [index, { key, before }] of all.entries()) {
    expect(await readHash(redis, key), poisons[index]?.title).toEqual(before)
  }
  expect(await redis.lrange(`${contract.prefix}:people:wait`, 0, -1)).toHaveLength(poisons.length)
  expect(await quarantine.count()).toBe(0)
  openWorker(contract, () => {})
  await expect.poll(() => quarantine.count()).toBe(poisons.length)
  expect((await quarantine.groups()).map(({ code }) => code)).toContain('PAYLOAD_INVALID')
})

test('tells what would pass with the code of today, and what would not', async () => {
  const contract = peopleQueue()
  const { quarantine } = await quarantined(
    contract,
    [unknown, unknown, noJson].flatMap((one) => one ?? []),
  )
  const newer = defineQueue('people', {
    prefix: String(contract.prefix),
    jobs: { anything: { payload: z.unknown() }, nobody: { payload: z.unknown() } },
  })
  const ofToday = openQuarantine(newer)
  const told = await ofToday.replay({}, { dryRun: true })
  // Their texts still name the job that they were made for.
  expect(told).toMatchObject({ replayed: 0, passed: 0, existing: [] })
  expect(told.refused.map(({ job, code, path, count }) => [job, code, path, count])).toEqual([
    ['nobody', 'TEXT_INVALID', '$', 2],
    ['anything', 'TEXT_INVALID', '$', 1],
  ])
  expect(await quarantine.replay({}, { passing: true })).toMatchObject({ replayed: 0, passed: 0 })
  expect(await quarantine.count()).toBe(3)
})

test('puts back what passes, whose handler then runs with all of its attempts, and its result arrives', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const options = { attempts: 3, backoff: 10, priority: 7, removeOnComplete: false }
  const job = await producer.enqueue('anything', { secret: 1 }, options)
  const key = `${contract.prefix}:people:${job.id}`
  const whole = await readHash(redis, key)
  await redis.hset(key, 'data', 'broken')
  let attempts = 0
  openWorker(contract, (payload) => {
    attempts += 1
    if (attempts < 3) throw new Error('again')
    return payload
  })
  expect(await rejection(job.result())).toMatchObject({ code: 'JOB_QUARANTINED' })
  // As a newer build would read what this one could not.
  await redis.hset(`${contract.prefix}:people-quarantine:${job.id}`, 'was:data', String(whole.get('data')))
  expect(await producer.quarantine.replay({}, { dryRun: true })).toMatchObject({ replayed: 0, passed: 1, refused: [] })
  expect(await producer.quarantine.replay(job.id, { passing: true })).toMatchObject({ replayed: 1, passed: 1 })
  expect(await job.result()).toEqual({ secret: 1 })
  expect(attempts).toBe(3)
  expect(await job.info()).toMatchObject({ attempts: 3, starts: 3 })
  expect(await redis.hget(key, 'priority')).toBe('7')
})

test('puts each back once, whoever calls it, in whatever process, and how often', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 150 }, (_, index) => ({ name: 'anything' as const, payload: index })),
  )
  for (const { id } of jobs) await redis.hset(`${contract.prefix}:people:${id}`, 'name', 'nobody')
  const worker = openWorker(contract, () => {}, { concurrency: 10 })
  await expect.poll(() => producer.quarantine.count()).toBe(150)
  await worker.close()
  for (const { id } of jobs) await redis.hset(`${contract.prefix}:people-quarantine:${id}`, 'was:name', 'anything')
  const env = { REDIS_URL: redisUrl, PREFIX: contract.prefix }
  const processes = Array.from({ length: 3 }, () => startProgram('test/quarantine/replay-process.ts', [], { env }))
  await Promise.all(processes.map((one) => one.said('ready')))
  await redis.lpush(`${contract.prefix}:go`, ...processes.map(({ pid }) => pid))
  expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0, 0])
  const told = processes.map(({ out }) => Number(/put back (\d+);/.exec(out)?.[1]))
  expect(told.reduce((sum, replayed) => sum + replayed, 0)).toBe(150)
  expect(await redis.llen(`${contract.prefix}:people:wait`)).toBe(150)
  const ran: unknown[] = []
  openWorker(contract, (payload) => ran.push(payload), { concurrency: 10 })
  for (const job of jobs) await job.result()
  expect(ran.sort((a, b) => Number(a) - Number(b))).toEqual(jobs.map((_, index) => index))
})

test('leaves a job where it is when one of its id is in the queue again, and says so', async () => {
  const contract = peopleQueue()
  const { quarantine, producer, job } = await quarantined(contract, noJson ? [noJson] : [])
  await producer.enqueue('anything', 'another', { jobId: job.id })
  const stays = { replayed: 0, existing: [job.id] }
  expect(await quarantine.replay(job.id)).toMatchObject(stays)
  expect(await quarantine.replay({}, { passing: false })).toMatchObject(stays)
  expect(await quarantine.count()).toBe(1)
  expect(await quarantine.discard(job.id)).toBe(1)
  expect(await job.state()).toBe('waiting')
})

test('discards for good, and only what is meant', async () => {
  const contract = peopleQueue()
  const { quarantine, job, redis } = await quarantined(contract, poisons)
  expect(await quarantine.discard({ code: 'JOB_UNKNOWN' })).toBe(3)
  expect(await quarantine.discard([job.id, 'nobody'])).toBe(1)
  expect(await quarantine.discard(job.id)).toBe(0)
  expect(await rejection(job.result())).toMatchObject({ code: 'JOB_REMOVED' })
  const { discard } = quarantine
  for (const which of [undefined, null, '', { code: undefined }, { since: 'yesterday' }, { cod: 'x' }, [1]]) {
    expect(await rejection(Reflect.apply(discard, undefined, [which]))).toMatchObject({ code: 'OPTIONS_INVALID' })
  }
  expect(await quarantine.count()).toBe(poisons.length - 4)
  expect(await quarantine.discard({})).toBe(poisons.length - 4)
  expect(await redis.keys(`${contract.prefix}:people-quarantine:*-*`)).toEqual([])
})
