import { type ConnectionInput, createProducer, createWorker } from 'brinemq'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate } from '../queue/people.ts'
import { canRun, nativeRedis, why } from './native-redis.ts'
import { Parcel, parcels } from './parcels.ts'
import { openProxy } from './proxy.ts'

function openWorker(connection: ConnectionInput) {
  const told: Error[] = []
  const first = gate()
  const worker = createWorker(parcels, {
    connection,
    shutdownOnSignals: false,
    graceMs: 0,
    watchdogMs: 600,
    drainDelay: 0.5,
    lockDuration: 1_000,
    stalledInterval: 500,
    onError: (error) => told.push(error),
    handlers: {
      deliver: (parcel) => {
        first.open()
        return { delivered: parcel, whole: parcel.isWhole() }
      },
    },
  })
  onTestFinished(() => worker.close())
  return { worker, told, first: first.opened }
}

async function openRedis() {
  const redis = await nativeRedis()
  await redis.start()
  const connection = `redis://127.0.0.1:${redis.port}`
  const producer = createProducer(parcels, { connection, enqueueTimeoutMs: 20_000 })
  onTestFinished(() => producer.close())
  return { redis, connection, producer, proxy: await openProxy(redis.port) }
}

const delivered = (number: number) => ({ delivered: { number }, whole: true })

describe.skipIf(!canRun)(`connections that are open at one end alone${why}`, () => {
  test.each([
    ['of its own', (url: string): ConnectionInput => url],
    ['on a client of the user', clientOf],
  ])(
    'are found dead by a worker %s, which works again and says so',
    async (_whose, open) => {
      const { proxy, producer } = await openRedis()
      const { told, first } = openWorker(open(proxy.url))
      const before = await producer.enqueue('deliver', new Parcel(1))
      await first
      expect(await before.result({ timeoutMs: 10_000 })).toMatchObject(delivered(1))
      proxy.halfOpen()
      const after = await producer.enqueue('deliver', new Parcel(2))
      expect(await after.result({ timeoutMs: 15_000 })).toMatchObject(delivered(2))
      expect(told).toContainEqual(expect.objectContaining({ code: 'REDIS_UNREACHABLE' }))
    },
    30_000,
  )

  test('are found dead by a producer, whose next enqueue succeeds', async () => {
    const { proxy } = await openRedis()
    const producer = createProducer(parcels, { connection: proxy.url, enqueueTimeoutMs: 500 })
    onTestFinished(() => producer.close())
    await producer.enqueue('deliver', new Parcel(1))
    proxy.halfOpen()
    await expect(producer.enqueue('deliver', new Parcel(2), { jobId: 'second' })).rejects.toMatchObject({
      code: 'REDIS_UNREACHABLE',
    })
    await expect
      .poll(() => producer.enqueue('deliver', new Parcel(2), { jobId: 'second' }).then(({ id }) => id, String), {
        timeout: 10_000,
      })
      .toBe('second')
    expect(await producer.bullmq.getJobCounts('waiting')).toEqual({ waiting: 2 })
  }, 30_000)

  test('are left once more, when those that were made anew answer nothing either', async () => {
    const { proxy, producer } = await openRedis()
    const { worker } = openWorker(proxy.url)
    await worker.waitUntilReady()
    const { accepted } = proxy
    proxy.freeze()
    await expect.poll(() => proxy.accepted, { timeout: 10_000 }).toBeGreaterThan(accepted + 2)
    proxy.thaw()
    const job = await producer.enqueue('deliver', new Parcel(3))
    expect(await job.result({ timeoutMs: 15_000 })).toMatchObject(delivered(3))
  }, 30_000)
})

describe.skipIf(!canRun)(`a Redis that went away under a worker${why}`, () => {
  test('is found again when it was killed and started again', async () => {
    const { redis, connection, producer } = await openRedis()
    const { first } = openWorker(connection)
    await (await producer.enqueue('deliver', new Parcel(1))).result({ timeoutMs: 10_000 })
    await first
    await redis.kill()
    await redis.start()
    const job = await producer.enqueue('deliver', new Parcel(2))
    expect(await job.result({ timeoutMs: 15_000 })).toMatchObject(delivered(2))
  }, 30_000)

  test('is found again when it stood still for a while', async () => {
    const { redis, connection, producer } = await openRedis()
    const { worker, told } = openWorker(connection)
    await worker.waitUntilReady()
    redis.freeze()
    await expect.poll(() => told.length, { timeout: 10_000 }).toBeGreaterThan(0)
    redis.thaw()
    const job = await producer.enqueue('deliver', new Parcel(4))
    expect(await job.result({ timeoutMs: 15_000 })).toMatchObject(delivered(4))
  }, 30_000)
})

function clientOf(url: string): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: null })
  onTestFinished(() => client.disconnect())
  return client
}
