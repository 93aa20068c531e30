import { setTimeout as wait } from 'node:timers/promises'
import { createProducer, createWorker, defineQueue } from 'brinemq'
import { startEmbedded } from 'brinemq/embedded'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { gate, openProducer, openWorker, peopleQueue, rejection } from './people.ts'

const cancelled = (reason: string) =>
  expect.objectContaining({ code: 'JOB_CANCELLED', job: 'anything', message: `JOB_CANCELLED anything: ${reason}` })

test.each([
  ['waits', {}],
  ['is delayed', { delay: 60_000 }],
  ['has a priority', { priority: 3 }],
])('removes a job that %s, and ends the waiting for its result', async (_title, options) => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1, options)
  const before = rejection(job.result())
  expect(await openProducer(contract).job('anything', job.id).cancel('not needed')).toMatchObject({ state: 'removed' })
  expect(await before).toEqual(cancelled('not needed'))
  expect(await rejection(job.result())).toEqual(cancelled('not needed'))
  expect(await rejection(openProducer(contract).job('anything', job.id).result())).toEqual(cancelled('not needed'))
  expect(await producer.bullmq.getJob(job.id)).toBeUndefined()
})

test("aborts a running handler's signal, and fails the job without another attempt", async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1, { attempts: 5 })
  const started = gate()
  const reasons: unknown[] = []
  openWorker(contract, async (_payload, { signal }) => {
    signal.addEventListener('abort', () => reasons.push(signal.reason))
    started.open()
    await wait(60_000, undefined, { signal })
  })
  await started.opened
  const result = rejection(job.result())
  expect(await openProducer(contract).job('anything', job.id).cancel('enough')).toMatchObject({ state: 'requested' })
  expect(await result).toEqual(cancelled('enough'))
  expect(reasons).toEqual([cancelled('enough')])
  expect(await job.state()).toBe('failed')
  expect(await job.info()).toMatchObject({ attempts: 1 })
})

test('fails a job whose handler returns after its signal, or never heeds it', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const [heeds, ignores] = await producer.enqueueBulk([
    { name: 'anything', payload: 'heeds' },
    { name: 'anything', payload: 'ignores' },
  ])
  const [started, never] = [gate(), gate()]
  let running = 0
  openWorker(
    contract,
    async (payload, { signal }) => {
      running += 1
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
      if (running === 2) started.open()
      await (payload === 'heeds' ? aborted : never.opened)
      return 'a result'
    },
    { concurrency: 2 },
  )
  await started.opened
  await Promise.all([heeds.cancel('a'), ignores.cancel('b')])
  expect(await rejection(heeds.result())).toEqual(cancelled('a'))
  expect(await rejection(ignores.result())).toEqual(cancelled('b'))
  never.open()
})

test('reaches a job that a worker takes while it is cancelled, and never runs its handler', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const ran: unknown[] = []
  const job = await producer.enqueue('anything', 1, { attempts: 3 })
  // As between the mark and the removal: the mark alone.
  await openClient().hset(producer.bullmq.toKey(job.id), 'defa', 'JOB_CANCELLED anything: in between')
  openWorker(contract, (payload) => void ran.push(payload))
  expect(await rejection(job.result())).toEqual(cancelled('in between'))
  expect(ran).toEqual([])
})

test('fails a job whose payload is still being validated, and never runs its handler', async () => {
  const [validating, validated] = [gate(), gate()]
  let enqueued = false
  const slow = z.number().refine(async () => {
    if (!enqueued) return true
    validating.open()
    await validated.opened
    return true
  })
  const contract = defineQueue('slow', { prefix: freshPrefix(), jobs: { anything: { payload: slow } } })
  const producer = createProducer(contract, { connection: redisUrl })
  const job = await producer.enqueue('anything', 1, { attempts: 3 })
  enqueued = true
  const ran: unknown[] = []
  const worker = createWorker(contract, {
    ...{ connection: redisUrl, shutdownOnSignals: false },
    handlers: { anything: (payload) => void ran.push(payload) },
  })
  onTestFinished(async () => void (await Promise.all([producer.close(), worker.close()])))
  await validating.opened
  expect(await job.cancel('enough')).toMatchObject({ state: 'requested' })
  expect(await rejection(job.result())).toEqual(cancelled('enough'))
  validated.open()
  await worker.waitUntilIdle()
  expect(ran).toEqual([])
})

test('tells of jobs that ended, and of jobs that are not there', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1)
  openWorker(contract, (payload) => payload)
  expect(await job.result()).toBe(1)
  expect(await job.cancel()).toMatchObject({ state: 'ended' })
  expect(await job.result()).toBe(1)
  expect(await producer.job('anything', 'nobody').cancel()).toMatchObject({ state: 'missing' })
})

test('runs a cancelled job again when it is retried', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1)
  const started = gate()
  let runs = 0
  openWorker(contract, async (_payload, { signal }) => {
    runs += 1
    if (runs === 2) return 'again'
    started.open()
    await wait(60_000, undefined, { signal })
  })
  await started.opened
  await job.cancel()
  expect(await rejection(job.result())).toMatchObject({ code: 'JOB_CANCELLED' })
  await job.retry()
  expect(await job.result()).toBe('again')
})

test('hears of a cancel that was sent while nobody listened', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1)
  const [started, client] = [gate(), openClient()]
  openWorker(contract, async (_payload, { signal }) => {
    // Before its worker can have subscribed.
    await client.hset(producer.bullmq.toKey(job.id), 'defa', 'JOB_CANCELLED anything: unheard')
    started.open()
    await wait(60_000, undefined, { signal })
  })
  await started.opened
  expect(await rejection(job.result())).toEqual(cancelled('unheard'))
})

test('refuses a reason that is no text', async () => {
  const job = await openProducer().enqueue('anything', 1)
  expect(await rejection(Reflect.apply(job.cancel, job, [5]))).toMatchObject({ code: 'OPTIONS_INVALID' })
})

test('ends every job that is cancelled while workers take it, and none is left running', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 100 }, (_, payload) => ({ name: 'anything', payload, options: { attempts: 3 } }) as const),
  )
  const running = new Set<unknown>()
  const work = async (payload: unknown, { signal }: { signal: AbortSignal }) => {
    running.add(payload)
    await wait(60_000, undefined, { signal }).finally(() => running.delete(payload))
  }
  for (const concurrency of [40, 40]) openWorker(contract, work, { concurrency })
  const found = await Promise.all(jobs.map((job) => job.cancel('enough')))
  for (const job of jobs) expect(await rejection(job.result())).toEqual(cancelled('enough'))
  expect(new Set(['removed', 'requested', ...found.map(({ state }) => state)]).size).toBe(2)
  expect(running.size).toBe(0)
  expect(await producer.bullmq.getJobCounts('wait', 'active', 'delayed', 'completed')).toEqual({
    ...{ wait: 0, active: 0, delayed: 0, completed: 0 },
  })
})

test('reaches a worker whose user may not use channels, only later, and says so once', async () => {
  const redis = await startEmbedded()
  const contract = peopleQueue()
  const admin = openClient(redis.url)
  await admin.call('ACL', 'SETUSER', 'worker', 'on', '>secret', '~*', '+@all', 'resetchannels')
  const producer = openProducer(contract, { connection: redis.url })
  const job = await producer.enqueue('anything', 1)
  const [started, refused, told] = [gate(), gate(), [] as unknown[]]
  const connection = redis.url.replace('redis://', 'redis://worker:secret@')
  const worker = openWorker(
    contract,
    async (_payload, { signal }) => {
      started.open()
      await wait(60_000, undefined, { signal })
    },
    {
      connection,
      onError: (error) => {
        told.push(error)
        refused.open()
      },
    },
  )
  await started.opened
  // The look that follows the refused subscription is over: what is left are those at times.
  await refused.opened
  await new Promise(setImmediate)
  await admin.ping()
  await job.cancel('late')
  expect(await rejection(job.result())).toEqual(cancelled('late'))
  expect(told).toEqual([expect.objectContaining({ code: 'REDIS_REFUSED' })])
  await Promise.all([worker.close(), producer.close()])
  admin.disconnect()
  await redis.close()
})
