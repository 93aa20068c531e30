import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { openProducer, openWorker, peopleQueue } from '../queue/people.ts'

/** A worker for a queue among whose ids somebody put these, and what is to be asked of it. */
async function workAmong(ids: readonly (string | Buffer)[]) {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const of = (name: string) => `${contract.prefix}:people:${name}`
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 20 }, (_, at) => ({ name: 'anything' as const, payload: at })),
  )
  for (const id of ids) {
    await redis.rpush(of('wait'), id)
    await redis.lpush(of('wait'), id)
  }
  const ran: unknown[] = []
  openWorker(contract, (payload) => ran.push(payload), { concurrency: 3, stalledInterval: 200 })
  await Promise.all(jobs.map((job) => job.result()))
  await expect.poll(() => producer.quarantine.count()).toBe(2 * ids.length)
  expect(ran.toSorted((a, b) => Number(a) - Number(b))).toEqual(jobs.map((_, at) => at))
  expect(await redis.exists(of('active'), of('wait'))).toBe(0)
  return { producer, redis, of }
}

const keys = [
  '',
  'active',
  'completed',
  'delayed',
  'events',
  'failed',
  'id',
  'limiter',
  'marker',
  'meta',
  'pc',
] as const
const others = ['prioritized', 'repeat', 'stalled', 'stalled-check', 'wait', 'waiting-children'] as const

test('an id that is a key of the queue is kept, and the key goes on being what it is', async () => {
  const { producer, redis, of } = await workAmong([...keys, ...others, 'de:x', 'brine:announced:until'])
  for (const [key, type] of [
    ...([
      ['meta', 'hash'],
      ['events', 'stream'],
      ['completed', 'zset'],
      ['failed', 'none'],
    ] as const),
    ...([
      ['stalled', 'none'],
      ['id', 'string'],
      ['limiter', 'none'],
      ['brine:announced:until', 'zset'],
    ] as const),
  ]) {
    expect([key, await redis.type(of(key))]).toEqual([key, type])
  }
  expect(await redis.hgetall(of('meta'))).not.toHaveProperty('processedOn')
  expect((await producer.quarantine.groups()).every(({ code }) => code === 'TEXT_INVALID')).toBe(true)
  const { replayed, existing } = await producer.quarantine.replay({})
  expect([replayed, existing.length]).toEqual([0, 2 * 19])
  expect(await producer.quarantine.discard({})).toBe(2 * 19)
  expect(await producer.control.counts()).toMatchObject({ waiting: 0, quarantined: 0, completed: 20 })
})

test('an id that is no UTF-8 is kept in its bytes, whatever stands under it', async () => {
  const hash = Buffer.from([0xff, 0xfe])
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const key = (id: Buffer) => Buffer.concat([Buffer.from(`${contract.prefix}:people:`), id])
  const list = Buffer.from([0x61, 0x80])
  const model = await producer.enqueue('anything', 1)
  await redis.call('COPY', key(Buffer.from(model.id)), key(hash))
  await redis.rpush(key(list), 'x')
  await redis.lpush(key(Buffer.from('wait')), list, hash)
  openWorker(contract, () => 'ran', { stalledInterval: 200 })
  expect(await model.result()).toBe('ran')
  await expect.poll(() => producer.quarantine.count()).toBe(2)
  expect(await redis.exists(key(hash), key(list), key(Buffer.from('active')))).toBe(0)
  expect((await producer.quarantine.get('ÿþ'))?.text).toContain('"kind":"payload"')
  expect(await producer.quarantine.replay(['ÿþ', 'a\u0080'])).toMatchObject({ replayed: 2 })
  await expect.poll(() => producer.quarantine.count()).toBe(2)
  expect(await producer.quarantine.discard({})).toBe(2)
})

test('an id that is too long for a job is not read, nor told to others, and keeps nobody waiting', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const at = (key: string) => `${contract.prefix}:people:${key}`
  const long = 'x'.repeat(3_000_000)
  await redis.lpush(at('wait'), long)
  const good = await producer.enqueue('anything', 1, { jobId: 'y'.repeat(1_000) })
  await redis.lpush(at('wait'), long)
  const client = openClient()
  openWorker(contract, (payload) => payload, { connection: client })
  expect(await good.result()).toBe(1)
  await expect.poll(() => redis.llen(at('active'))).toBe(0)
  expect(client.stream.bytesRead).toBeLessThan(200_000)
  expect(await redis.exists(at(long), at(`${long}:lock`))).toBe(0)
  expect(JSON.stringify(await redis.xrange(at('events'), '-', '+')).length).toBeLessThan(50_000)
})

test('refuses such ids at enqueue', async () => {
  const producer = openProducer()
  for (const jobId of ['meta', 'a:lock', '\ufffd', 'half \ud83d', '', 'x'.repeat(1_001), 'ü'.repeat(501)]) {
    await expect(producer.enqueue('anything', 1, { jobId })).rejects.toMatchObject({
      ...{ code: 'OPTIONS_INVALID', path: 'options.jobId' },
    })
  }
})

test.each([
  ['is gone', (redis, key) => redis.hdel(key, 'rjk')],
  ['names another schedule', (redis, key) => redis.hset(key, 'rjk', 'other')],
] as const satisfies [string, (redis: ReturnType<typeof openClient>, key: string) => unknown][])(
  'keeps the job of a schedule whose field that says so %s, and the next one comes',
  async (_, damage) => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const redis = openClient()
    await producer.schedules.upsert('often', { name: 'anything', payload: 'tick', repeat: { every: 200 } })
    const [id] = await redis.zrange(`${contract.prefix}:people:delayed`, '0', '0')
    const [waiting] = await redis.lrange(`${contract.prefix}:people:wait`, 0, 0)
    const first = `${id ?? waiting}`
    expect(first).toMatch(/^repeat:often:\d+$/)
    await damage(redis, `${contract.prefix}:people:${first}`)
    const ran: string[] = []
    openWorker(contract, (__, { id: ranAs }) => ran.push(ranAs))
    await expect.poll(() => ran.length, { timeout: 5_000 }).toBeGreaterThan(1)
    expect(ran).not.toContain(first)
    expect(await producer.job('anything', first).state()).toBe('quarantined')
  },
)
