import { expect, test } from 'vitest'
import { openClient, redisUrl } from '../connection.ts'
import { startProgram } from '../program.ts'
import { openProducer, openWorker, type People, peopleQueue } from '../queue/people.ts'
import { changedByTaking, type Fields, poisons, readHash, readKept, without } from './poison.ts'

// As many as a pipeline of tests may wait for; the megabytes are for the table.
const poisonous = poisons.filter(({ code }) => code !== 'LIMIT_EXCEEDED')

/** 200 poisonous jobs among 600 good ones, every fourth of them. */
async function enqueueCrowd(contract: People) {
  const producer = openProducer(contract)
  const redis = openClient()
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 800 }, (_, index) => ({
      name: 'anything' as const,
      payload: index,
      options: { attempts: 3 },
    })),
  )
  const bad = jobs.filter((_, index) => index % 4 === 3)
  const good = jobs.filter((_, index) => index % 4 !== 3)
  const before = new Map<string, Fields>()
  for (const [index, { id }] of bad.entries()) {
    const key = `${contract.prefix}:people:${id}`
    await poisonous[index % poisonous.length]?.change(redis, key)
    before.set(id, await readHash(redis, key))
  }
  const expectKept = async () => {
    expect(await producer.quarantine.count()).toBe(200)
    for (const [id, fields] of before) {
      const kept = await readKept(redis, `${contract.prefix}:people-quarantine:${id}`)
      expect(without(kept, changedByTaking)).toEqual(without(fields, changedByTaking))
    }
    expect(await redis.exists(...[...before.keys()].map((id) => `${contract.prefix}:people:${id}`))).toBe(0)
    const counts = { waiting: 0, active: 0, failed: 0, completed: 600, quarantined: 200 }
    expect(await producer.control.counts()).toMatchObject(counts)
  }
  return { producer, good, expectKept }
}

test('a worker under 200 poisonous jobs among 600 good ones does the 600, once each, and keeps the 200', async () => {
  const contract = peopleQueue()
  const { good, producer, expectKept } = await enqueueCrowd(contract)
  const ran: unknown[] = []
  openWorker(contract, (payload) => ran.push(payload), { concurrency: 5 })
  await Promise.all(good.map((job) => job.result()))
  await expect.poll(() => producer.quarantine.count()).toBe(200)
  expect(new Set(ran).size).toBe(600)
  expect(ran).toHaveLength(600)
  await expectKept()
})

test('loses and doubles nothing when workers are killed among them', async () => {
  const contract = peopleQueue()
  const { good, producer, expectKept } = await enqueueCrowd(contract)
  const env = { REDIS_URL: redisUrl, PREFIX: contract.prefix }
  for (const count of [50, 120]) {
    const worker = startProgram('test/quarantine/worker-process.ts', [], { env })
    await expect.poll(() => producer.quarantine.count(), { timeout: 15_000, interval: 1 }).toBeGreaterThan(count)
    worker.child.kill('SIGKILL')
    await worker.ended
  }
  startProgram('test/quarantine/worker-process.ts', [], { env })
  await Promise.all(good.map((job) => job.result()))
  await expect.poll(() => producer.quarantine.count(), { timeout: 15_000 }).toBe(200)
  await expectKept()
}, 60_000)

test('a job at which BullMQ would break off when its worker has died is kept too', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const jobs = await producer.enqueueBulk(
    ['hash', 'count', 'good'].map((payload) => ({ name: 'anything' as const, payload })),
  )
  const [hash, count, good] = jobs.map(({ id }) => id)
  const key = `${contract.prefix}:people`
  // As a worker leaves them that was killed: active, and locked by nobody.
  await redis.del(`${key}:wait`)
  await redis.lpush(`${key}:active`, ...jobs.map(({ id }) => id))
  await redis.set(`${key}:${hash}`, 'text')
  await redis.hset(`${key}:${count}`, 'stc', 'many')
  openWorker(contract, (payload) => payload, { stalledInterval: 100 })
  expect(await producer.job('anything', String(good)).result()).toBe('good')
  await expect.poll(() => producer.quarantine.count()).toBe(2)
  for (const id of [hash, count]) expect(await producer.job('anything', String(id)).state()).toBe('quarantined')
})
