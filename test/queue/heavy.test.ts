import { createFlowProducer, node } from 'brinemq'
import { createMonitor } from 'brinemq/monitor'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { openClient, redisUrl } from '../connection.ts'
import { fill, refused, run, smallQueue } from './heavy-jobs.ts'
import { openProducer, openWorker, rejection } from './people.ts'

/** Bytes that came since its connection was opened. */
const received = (client: Redis) => client.stream.bytesRead

const keepings = [{}, { removeOnComplete: true, removeOnFail: true }]

test.each(refused)('keeps a job with $title in quarantine, and reads none of it', async ({ plant, code }) => {
  const contract = smallQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const bad = await producer.enqueue('anything', 1, { attempts: 2 })
  await plant(redis, `${contract.prefix}:people:${bad.id}`, contract)
  const good = await producer.enqueue('anything', 2)
  const client = openClient()
  openWorker(contract, (given) => given, { connection: client })
  expect(await good.result()).toBe(2)
  expect(await rejection(bad.result())).toMatchObject({ code: 'JOB_QUARANTINED' })
  expect(await producer.quarantine.get(bad.id)).toMatchObject({ record: { code } })
  expect(received(client)).toBeLessThan(600_000)
})

test.each(run.flatMap((one) => keepings.map((options) => ({ ...one, options }))))(
  'runs a job with $title, its failures and retries too: $options',
  async ({ plant, options }) => {
    const contract = smallQueue()
    const producer = openProducer(contract)
    const redis = openClient()
    const [fails, good] = await Promise.all(
      [1, 2].map((payload) => producer.enqueue('anything', payload, { attempts: 2, ...options })),
    )
    for (const job of [fails, good]) await plant(redis, `${contract.prefix}:people:${job?.id}`, contract)
    const last = await producer.enqueue('anything', 3)
    let runs = 0
    const client = openClient()
    const handler = (given: unknown) => {
      if (given !== 1) return given
      runs += 1
      throw new Error('no')
    }
    openWorker(contract, handler, { connection: client })
    expect(await last.result()).toBe(3)
    expect(await good?.result()).toBe(2)
    expect(await rejection(fails?.result() ?? Promise.resolve())).toMatchObject({ message: 'no' })
    expect(runs).toBe(2)
    expect(await redis.llen(`${contract.prefix}:people:active`)).toBe(0)
    expect(received(client)).toBeLessThan(600_000)
  },
)

test('a finished job whose parent is no key keeps nobody from being trimmed', async () => {
  const contract = smallQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const options = { removeOnComplete: 1 }
  const worker = openWorker(contract, (given) => given)
  const planted = await producer.enqueue('anything', 1, options)
  await planted.result()
  const key = `${contract.prefix}:people:${planted.id}`
  const parent = `${contract.prefix}nothing`
  await redis.hset(key, { parentKey: parent, parent: '{"id":"","queueKey":""}' })
  await redis.hset(parent, 'a', '1')
  await redis.sadd(`${parent}:dependencies`, key)
  const problems: unknown[] = []
  worker.bullmq.on('error', (error) => problems.push(error))
  for (const payload of [2, 3])
    expect(await (await producer.enqueue('anything', payload, options)).result()).toBe(payload)
  expect(problems).toEqual([])
  expect(await producer.control.counts()).toMatchObject({ completed: 1 })
})

test('what is listed of a job has no more of it than its contract allows', async () => {
  const contract = smallQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const job = await producer.enqueue('anything', 1)
  const worker = openWorker(contract, (given) => given)
  await job.result()
  await worker.close()
  const key = `${contract.prefix}:people:${job.id}`
  await fill({ returnvalue: 2, stacktrace: 2, one: 1 })(redis, key)
  await redis.hset(key, 'timestamp', '1e300')
  const monitor = createMonitor([contract], { connection: redisUrl })
  onTestFinished(() => monitor.close())
  const client = openClient()
  const fresh = openProducer(contract, { connection: client })
  expect(await rejection(fresh.job('anything', job.id).result())).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  const [listed] = await fresh.bullmq.getCompleted()
  expect(listed?.id).toBe(job.id)
  expect(received(client)).toBeLessThan(600_000)
  expect(await monitor.queue(contract).job(job.id)).toMatchObject({ enqueuedAt: undefined })
})

test('events of 2 MB, and of times beyond all dates, are told, and end nothing', async () => {
  const contract = smallQueue()
  const producer = openProducer(contract)
  const redis = openClient()
  const stream = `${contract.prefix}:people:events`
  const job = await producer.enqueue('anything', 1)
  const waiting = job.result()
  const events = producer.events({ after: '0' })
  await redis.xadd(stream, '*', 'event', 'completed', 'jobId', 'nobody', 'returnvalue', 'x'.repeat(2_000_000))
  openWorker(contract, (given) => given)
  expect(await waiting).toBe(1)
  await redis.xadd(stream, '18446744073709551614-1', 'event', 'paused')
  const seen: string[] = []
  for await (const { type, at, ...event } of events) {
    expect(at.toISOString()).toMatch(/^[+\d]/)
    if ('unreadable' in event && event.unreadable) seen.push(`${type} ${event.unreadable.code}`)
    if (type === 'paused') break
  }
  expect(seen).toEqual(['completed JOB_UNKNOWN'])
})

test('what a parent keeps of its children may be damaged: their failures are told by their messages', async () => {
  const contract = smallQueue()
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  const redis = openClient()
  const child = node(contract, 'anything', 'child', {
    options: { jobId: 'child', ignoreDependencyOnFailure: true, removeOnFail: true },
  })
  const parent = node(contract, 'anything', 'parent', { options: { jobId: 'parent' }, children: [child] })
  const { job } = await flows.add(parent)
  const key = `${contract.prefix}:people:parent`
  openWorker(contract, async (given, { children }) => {
    if (given === 'child') throw new TypeError('no')
    await redis.hset(key, { [`brine:child:${contract.prefix}:people:child`]: '{"torn\n1', 'brine:steps': '[torn' })
    await children.step('one', () => [])
    return (await children.failures(contract)).map(({ error }) => error instanceof Error && error.message)
  })
  expect(await job.result()).toEqual([expect.stringMatching(/JOB_FAILED.*TypeError: no|no/)])
})

test('a queue of bare BullMQ on the same client keeps its own scripts', async () => {
  const client = openClient()
  const contract = smallQueue()
  openProducer(contract, { connection: client })
  const queue = new Queue('bare', { connection: client, prefix: `${contract.prefix}` })
  onTestFinished(() => queue.close())
  const large = 'x'.repeat(4_000_000)
  const { id } = await queue.add('large', large)
  expect((await queue.getJob(String(id)))?.data).toBe(large)
})

test('a log that is no list refuses its lines with a code, and its handler goes on if it catches that', async () => {
  const contract = smallQueue()
  const job = await openProducer(contract).enqueue('anything', 1)
  await openClient().hset(`${contract.prefix}:people:${job.id}:logs`, 'a', 'b')
  openWorker(contract, async (_, { log }) => (await rejection(log('a line'))) as Error)
  expect(await job.result()).toMatchObject({ code: 'REDIS_REFUSED', job: 'anything' })
})
