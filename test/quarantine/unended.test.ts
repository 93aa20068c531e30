import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { openProducer, openWorker, peopleQueue, rejection } from '../queue/people.ts'

/** What a stranger writes beside a job with the deduplication id `one`, at which the script that ends jobs breaks off. */
const planted: [title: string, plant: (redis: Redis, at: (key: string) => string, id: string) => Promise<unknown>][] = [
  [
    'a hash in place of its deduplication key',
    (redis, at) => redis.del(at('de:one')).then(() => redis.hset(at('de:one'), 'a', 'b')),
  ],
  ['a text in place of the job that its deduplication keeps', (redis, at) => redis.set(at('dn:one'), 'x')],
  ['a job without options that its deduplication keeps', (redis, at) => redis.hset(at('dn:one'), 'name', 'anything')],
  ['odd options of the job that its deduplication keeps', (redis, at) => redis.hset(at('dn:one'), 'opts', '{"de":5}')],
  ['a number of events to keep that is none', (redis, at) => redis.hset(at('meta'), 'opts.maxLenEvents', 'abc')],
  [
    'a hash in place of the completed jobs, and of the failed ones',
    (redis, at) => Promise.all(['completed', 'failed'].map((key) => redis.hset(at(key), 'a', 'b'))),
  ],
  [
    'a parent whose queue counts priorities by a text',
    async (redis, at, id) => {
      await redis.set(at('pc'), 'abc')
      await redis.hset(at('p'), { name: 'anything', data: '{}', opts: '{"priority":5}', timestamp: '1', priority: '5' })
      await redis.zadd(at('waiting-children'), 1, 'p')
      await redis.sadd(at('p:dependencies'), at(id))
      await redis.hset(at(id), {
        parent: JSON.stringify({ id: 'p', queueKey: at('').slice(0, -1) }),
        parentKey: at('p'),
      })
    },
  ],
]

test.each(planted.flatMap(([title, plant]) => [false, true].map((throws) => ({ title, plant, throws }))))(
  'a job beside $title is run once, and is not lost; its handler throws: $throws',
  async ({ plant, throws }) => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const redis = openClient()
    const at = (key: string) => `${contract.prefix}:people:${key}`
    const job = await producer.enqueue('anything', 'bad', { deduplication: { id: 'one' } })
    await plant(redis, at, job.id)
    let runs = 0
    const worker = openWorker(
      contract,
      (payload) => {
        if (payload === 'bad') runs += 1
        if (payload === 'bad' && throws) throw new RangeError('bad')
        return payload
      },
      { lockDuration: 500, stalledInterval: 200 },
    )
    const ended = await job.result().catch((error: unknown) => error)
    const entry = await producer.quarantine.get(job.id)
    if (entry) {
      expect(ended).toMatchObject({ code: 'JOB_QUARANTINED', cause: { code: 'TEXT_INVALID' } })
      expect(entry).toMatchObject({ record: { code: 'TEXT_INVALID', job: 'anything' } })
    } else expect(ended).toEqual(throws ? new RangeError('bad') : 'bad')
    // It would stall meanwhile, and be run again.
    await expect.poll(() => redis.llen(at('active'))).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(runs).toBe(1)
    await worker.close()
  },
)

test('a job is kept although texts are in place of the completed jobs and of those that wait', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const at = (key: string) => `${contract.prefix}:people:${key}`
  const job = await producer.enqueue('anything', 'one')
  const worker = openWorker(contract, async () => {
    for (const key of ['completed', 'wait', 'stalled']) await redis.del(at(key)).then(() => redis.set(at(key), 'x'))
  })
  expect(await rejection(job.result())).toMatchObject({ code: 'JOB_QUARANTINED' })
  await worker.close()
})

test('a job that no script could end is replayed once its surroundings are mended', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const meta = `${contract.prefix}:people:meta`
  const job = await producer.enqueue('anything', 'one')
  await redis.hset(meta, 'opts.maxLenEvents', 'abc')
  openWorker(contract, (payload) => payload)
  expect(await rejection(job.result())).toMatchObject({ code: 'JOB_QUARANTINED' })
  await redis.hset(meta, 'opts.maxLenEvents', '10000')
  await producer.quarantine.replay(job.id)
  expect(await producer.job('anything', job.id).result()).toBe('one')
})
