import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { defineQueue } from '../../src/contract/define-queue.ts'
import { createMonitor } from '../../src/monitor/create-monitor.ts'
import { node } from '../../src/queue/flow/flow-node.ts'
import { createFlowProducer } from '../../src/queue/flow/flow-producer.ts'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { openProducer, openWorker, type People, peopleJobs, person, rejection, tooYoung } from './people.ts'

/** A queue whose jobs are small, so that what is too long for it need not be large. */
const smallQueue = (): People =>
  defineQueue('people', {
    prefix: freshPrefix(),
    models: [person, tooYoung],
    jobs: peopleJobs,
    limits: { maxBytes: 10_000 },
  })

/** What a stranger has done to a job before any worker took it. */
interface Planted {
  title: string
  plant(redis: Redis, key: string, contract: People): Promise<unknown>
}

/** Writes fields of so many megabytes, which are made in Redis. */
const fill = (fields: Record<string, number>) => (redis: Redis, key: string) =>
  Promise.all(
    Object.entries(fields).map(([field, megabytes]) =>
      redis.eval(
        "return redis.call('HSET', KEYS[1], ARGV[1], string.rep('x', ARGV[2]))",
        1,
        key,
        field,
        megabytes * 1e6,
      ),
    ),
  )
const setEach = (fields: Record<string, string>) => (redis: Redis, key: string) => redis.hset(key, fields)
const option = (name: string, value: unknown) => async (redis: Redis, key: string) => {
  const options = JSON.parse(String(await redis.hget(key, 'opts')))
  await redis.hset(key, 'opts', JSON.stringify({ ...options, [name]: value }))
}

/** Jobs that no worker can run: they are kept in quarantine. */
const refused: readonly (Planted & { code: string })[] = [
  { title: 'data of 2 MB', code: 'LIMIT_EXCEEDED', plant: fill({ data: 2 }) },
  { title: 'options of 2 MB', code: 'LIMIT_EXCEEDED', plant: fill({ opts: 2 }) },
  { title: 'a parent of 2 MB', code: 'LIMIT_EXCEEDED', plant: fill({ parent: 2 }) },
  {
    title: 'a backoff that every object has',
    code: 'TEXT_INVALID',
    plant: option('backoff', { type: '__proto__', delay: 1 }),
  },
  { title: 'attempts that are a text', code: 'TEXT_INVALID', plant: option('attempts', 'many') },
  { title: 'lines to keep that are a list', code: 'TEXT_INVALID', plant: option('kl', [1]) },
  ...[-3, 1.5].map((kl) => ({
    ...{ title: `${kl} lines to keep`, code: 'TEXT_INVALID', plant: option('kl', kl) },
  })),
  ...[1e20, 1.5, -2, { count: 1.5 }, { age: 5, limit: 0.5 }, { age: 5, limit: -1.5 }].flatMap((keep) =>
    ['removeOnComplete', 'removeOnFail'].map((name) => ({
      ...{ title: `${name} of ${JSON.stringify(keep)}`, code: 'TEXT_INVALID', plant: option(name, keep) },
    })),
  ),
  {
    title: 'jobs to keep beyond all numbers',
    code: 'TEXT_INVALID',
    plant: setEach({ opts: '{"attempts":2,"removeOnComplete":1e999}' }),
  },
  ...['007', '-0', '+1', '1e3'].map((atm) => ({
    ...{ title: `a count of attempts written ${atm}`, code: 'TEXT_INVALID', plant: setEach({ atm }) },
  })),
  ...['"\\ud800"', `${'['.repeat(1_100)}${']'.repeat(1_100)}`, '{}'].map((more) => ({
    title: `a parent that Redis cannot parse, or with more in it than BullMQ writes: ${more.slice(0, 8)}`,
    code: 'TEXT_INVALID',
    plant: (redis: Redis, key: string, { prefix }: People) => {
      const parent = `{"id":"p","queueKey":"${prefix}:people","x":${more}}`
      return redis.hset(key, { parent, parentKey: `${prefix}:people:p` })
    },
  })),
]

/** Jobs that lose what a stranger wrote, and run. */
const run: readonly Planted[] = [
  { title: 'fields of 2 MB that nobody reads', plant: fill({ one: 1, two: 1 }) },
  { title: 'stacks of 2 MB', plant: fill({ stacktrace: 2 }) },
  { title: 'stacks 50,000 deep', plant: setEach({ stacktrace: `${'['.repeat(50_000)}${']'.repeat(50_000)}` }) },
  { title: 'stacks that are no texts', plant: setEach({ stacktrace: '[{"a":[1]}]' }) },
  { title: 'a former result of 2 MB', plant: fill({ returnvalue: 2 }) },
  { title: 'a former result 50,000 deep', plant: setEach({ returnvalue: '['.repeat(50_000) }) },
  {
    title: 'a parent whose key holds a text',
    async plant(redis, key, { prefix }) {
      const queueKey = `${prefix}:others`
      await redis.set(`${queueKey}:1`, 'a text')
      await redis.set(`${queueKey}:1:dependencies`, 'a text')
      await redis.hset(key, { parentKey: `${queueKey}:1`, parent: JSON.stringify({ id: '1', queueKey, fpof: true }) })
    },
  },
  {
    title: 'a parent whose lists hold texts',
    async plant(redis, key, { prefix }) {
      const queueKey = `${prefix}:others`
      await redis.sadd(`${queueKey}:1:dependencies`, key)
      for (const list of [
        ':1',
        ':1:processed',
        ':1:failed',
        ':1:unsuccessful',
        ':waiting-children',
        ':wait',
        ':events',
      ]) {
        await redis.set(queueKey + list, 'a text')
      }
      await redis.hset(key, { parentKey: `${queueKey}:1`, parent: JSON.stringify({ id: '1', queueKey, fpof: true }) })
    },
  },
]

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
