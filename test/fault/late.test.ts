import {
  type ConnectionInput,
  createFlowProducer,
  createProducer,
  createQuarantine,
  createStore,
  createWorker,
  defineQueue,
  node,
} from 'brinemq'
import { createDashboard } from 'brinemq/dashboard'
import { createMetrics } from 'brinemq/metrics'
import { createMonitor } from 'brinemq/monitor'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient } from '../connection.ts'
import { rejection } from '../queue/people.ts'
import { canRun, nativeRedis, why } from './native-redis.ts'

function numbers() {
  return defineQueue('numbers', {
    prefix: freshPrefix(),
    jobs: { double: { payload: z.bigint(), result: z.bigint() } },
    schedules: { yearly: { job: 'double', payload: 1n, repeat: { pattern: '0 0 1 1 *' } } },
  })
}

type Numbers = ReturnType<typeof numbers>

function openAll(contract: Numbers, connection: () => ConnectionInput) {
  const opened = {
    producer: createProducer(contract, { connection: connection(), enqueueTimeoutMs: 300 }),
    flows: createFlowProducer({ connection: connection(), enqueueTimeoutMs: 300 }),
    store: createStore({ connection: connection(), prefix: `${contract.prefix}:store:`, timeoutMs: 300 }),
    quarantine: createQuarantine(contract, { connection: connection(), timeoutMs: 300 }),
    monitor: createMonitor(contract, { connection: connection(), timeoutMs: 300 }),
    metrics: createMetrics({ queues: contract, connection: connection(), timeoutMs: 300 }),
    dashboard: createDashboard({
      queues: [contract],
      connection: connection(),
      authenticate: () => ({ name: 'me', role: 'view' }),
    }),
  }
  onTestFinished(async () => {
    await Promise.all(Object.values(opened).map((one) => one.close()))
  })
  return opened
}

function work(contract: Numbers, connection: ConnectionInput, onError: (error: Error) => void = () => {}) {
  const handlers = { double: async (n: bigint) => n * 2n }
  const worker = createWorker(contract, { connection, handlers, shutdownOnSignals: false, graceMs: 0, onError })
  onTestFinished(() => worker.close())
  return worker
}

describe.skipIf(!canRun)(`what opened before its Redis${why}`, { timeout: 60_000 }, () => {
  const ways: [string, (port: number) => ConnectionInput][] = [
    ['a URL', (port) => `redis://127.0.0.1:${port}`],
    ['options, lazily', (port) => ({ host: '127.0.0.1', port, lazyConnect: true })],
    ['a client of its own that connects lazily', (port) => ownClient(port, true)],
    ['a client of its own', (port) => ownClient(port, false)],
  ]

  test.each(ways)('works once the server is there, by %s', async (_, way) => {
    const redis = await nativeRedis()
    const contract = numbers()
    const connection = () => way(redis.port)
    work(contract, connection())
    const { producer, flows, store, quarantine, monitor, metrics, dashboard } = openAll(contract, connection)
    const watched = monitor.queue(contract)
    const events = producer.events({ after: '0-0' })
    const first = events.next()
    // Each has failed once, and may remember it.
    const early = await Promise.allSettled([
      ...[producer.enqueue('double', 1n), flows.add(node(contract, 'double', 1n)), store.set('a', 1n)],
      ...[quarantine.groups(), watched.counts(), producer.schedules.list()],
    ])
    for (const one of early) expect(one).toMatchObject({ reason: { code: 'REDIS_UNREACHABLE' } })
    expect(await metrics.scrape()).toContain('brinemq_queue_up{queue="numbers"} 0')

    await redis.start()
    const handle = await eventually(() => producer.enqueue('double', 21n))
    expect(await handle.result({ timeoutMs: 20_000 })).toBe(42n)
    expect((await first).value).toBeDefined()
    await events.return()
    const flow = await eventually(() => flows.add(node(contract, 'double', 4n)))
    expect(await flow.job.result({ timeoutMs: 20_000 })).toBe(8n)
    expect(await eventually(() => store.set('a', 1n))).toBe(true)
    expect(await eventually(() => quarantine.groups())).toEqual([])
    expect(await eventually(() => watched.counts())).toMatchObject({ failed: 0 })
    await expect.poll(() => metrics.scrape()).toContain('brinemq_queue_up{queue="numbers"} 1')
    await expect.poll(async () => (await producer.schedules.list()).map(({ id }) => id)).toEqual(['yearly'])
    const page = () => dashboard.fetch(new Request('http://localhost/api/queues'))
    await expect.poll(async () => (await page()).status).toBe(200)
  })

  test('a worker takes jobs once its server answers what BullMQ asked at its start', async () => {
    const redis = await nativeRedis()
    await redis.start()
    const url = `127.0.0.1:${redis.port}`
    const admin = openClient(`redis://${url}`)
    await admin.call('ACL', 'SETUSER', 'worker', 'on', '>secret', '~*', '&*', '+@all', '-info')
    const contract = numbers()
    const errors: string[] = []
    const worker = work(contract, `redis://worker:secret@${url}`, ({ message }) => errors.push(message))
    expect(await rejection(worker.waitUntilReady())).toMatchObject({ message: expect.stringContaining('info') })
    await admin.call('ACL', 'SETUSER', 'worker', '+info')
    await worker.waitUntilReady()
    const producer = createProducer(contract, { connection: `redis://${url}` })
    onTestFinished(() => producer.close())
    expect(await (await producer.enqueue('double', 21n)).result({ timeoutMs: 20_000 })).toBe(42n)
    await expect.poll(async () => (await producer.schedules.list()).map(({ id }) => id)).toEqual(['yearly'])
    // Nothing of the failed one stays behind at each further try.
    expect(worker.bullmq.listenerCount('error')).toBe(1)
  })

  test('a worker reconciles its schedules once the server takes writes, and reports once that it did not', async () => {
    const redis = await nativeRedis()
    await redis.start()
    const admin = openClient(`redis://127.0.0.1:${redis.port}`)
    await admin.config('SET', 'min-replicas-to-write', '1')
    const errors: string[] = []
    const contract = numbers()
    work(contract, `redis://127.0.0.1:${redis.port}`, ({ message }) => errors.push(message))
    const lease = () => errors.filter((message) => /NOREPLICAS/.test(message)).length
    await expect.poll(lease).toBeGreaterThan(0)
    await admin.config('SET', 'min-replicas-to-write', '0')
    const producer = createProducer(contract, { connection: `redis://127.0.0.1:${redis.port}` })
    onTestFinished(() => producer.close())
    await expect.poll(async () => (await producer.schedules.list()).map(({ id }) => id)).toEqual(['yearly'])
  })
})

function ownClient(port: number, lazyConnect: boolean): Redis {
  const client = new Redis({ host: '127.0.0.1', port, lazyConnect, maxRetriesPerRequest: null })
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  return client
}

/** What a call resolves with that may fail while connections are being made. */
async function eventually<T>(call: () => Promise<T>): Promise<T> {
  const found: T[] = []
  await expect.poll(async () => found.push(await call())).toBeGreaterThan(0)
  const [first] = found
  if (first === undefined) throw new Error('it gave nothing')
  return first
}
