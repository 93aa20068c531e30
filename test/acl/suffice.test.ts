import { fileURLToPath } from 'node:url'
import {
  createFlowProducer,
  createProducer,
  createStore,
  createWorker,
  defineQueue,
  type Handler,
  node,
  sandboxed,
} from 'brinemq'
import { createDashboard } from 'brinemq/dashboard'
import { createMonitor } from 'brinemq/monitor'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { createProgram } from '../../src/cli/program.ts'
import { findUses } from '../../src/compatibility/live/find-uses.ts'
import { Money, orders } from '../cli/project/library.ts'
import { openClient } from '../connection.ts'
import { canRun, why } from '../fault/native-redis.ts'
import { gate, rejection } from '../queue/people.ts'
import { Order } from '../sandbox/handlers/contract.ts'
import { familyQueues } from '../sandbox/handlers/family.ts'
import { redisWithUsers } from './redis-users.ts'

vi.setConfig({ testTimeout: 60_000 })

const config = fileURLToPath(new URL('../cli/project/brine.config.ts', import.meta.url))
const prefix = 'brine'
const every = 86_400_000

/** A queue of one job, whose payload says what its handler does. */
function deskQueue(version = 1) {
  return defineQueue('desk', {
    prefix,
    jobs: { act: { payload: z.string(), result: z.string(), progress: z.number(), version } },
    schedules: { declared: { job: 'act', payload: 'declared', repeat: { every } } },
  })
}

type Desk = ReturnType<typeof deskQueue>

async function setUp() {
  const { admin, as } = await redisWithUsers()
  const told: unknown[] = []
  const onError = (error: unknown) => void told.push(error)
  const produce = (contract: Desk) => {
    const producer = createProducer(contract, { connection: as('producer') })
    onTestFinished(() => producer.close())
    return producer
  }
  const waiting = gate()
  const act: Handler<Desk, 'act'> = async (what, { signal, progress, log, attempt, delay }) => {
    if (what === 'fail' && attempt === 1) throw new RangeError('once more')
    if (what === 'later' && attempt === 1 && !late.has(what)) {
      late.add(what)
      throw delay(1)
    }
    if (what === 'tell') await Promise.all([progress(1), log('a line')])
    if (what === 'wait') {
      waiting.open()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    return what
  }
  const late = new Set<string>()
  const settings = { connection: as('worker'), shutdownOnSignals: false, graceMs: 0, drainDelay: 1, onError }
  const work = (contract: Desk, options: object = {}) => {
    const worker = createWorker(contract, { ...settings, concurrency: 4, handlers: { act }, ...options })
    onTestFinished(() => worker.close())
    return worker
  }
  /** What Redis refused its users. Clients tell it their name and version, where it takes that, and do without. */
  const refused = async () => {
    const log = (await admin.acl('LOG')) as unknown[][]
    return log.map((entry) => `${entry}`).filter((entry) => !entry.includes('client|setinfo'))
  }
  return { admin, as, told, settings, produce, work, waiting, refused }
}

test.skipIf(!canRun)(
  `the users of docs/security.md suffice for producers, workers and who watches them${why}`,
  async () => {
    const { admin, as, told, settings, produce, work, waiting, refused } = await setUp()
    const contract = deskQueue()
    const producer = produce(contract)
    const events = producer.events()
    const heard = (async () => {
      for await (const { type } of events) if (type === 'quarantined') return type
      return undefined
    })()
    const worker = work(contract)
    await worker.waitUntilReady()

    const jobs = await producer.enqueueBulk(
      ['plain', 'tell', 'later'].map((payload) => ({ name: 'act' as const, payload })),
    )
    const some = [
      ...jobs,
      await producer.enqueue('act', 'fail', { attempts: 2, backoff: 1 }),
      await producer.enqueue('act', 'urgent', { priority: 1, deduplication: { id: 'one', ttl: 1_000 } }),
      await producer.enqueue('act', 'first', { lifo: true, delay: 1 }),
    ]
    expect(await Promise.all(some.map((job) => job.result()))).toContain('urgent')
    expect(await jobs[1]?.progress()).toBe(1)
    expect((await jobs[1]?.logs())?.logs).toEqual(['a line'])
    for await (const { status } of producer.map('act', ['a', 'b'])) expect(status).toBe('completed')

    const cancelled = await producer.enqueue('act', 'wait')
    await waiting.opened
    await cancelled.cancel()
    expect(await rejection(cancelled.result())).toMatchObject({ code: 'JOB_CANCELLED' })
    await cancelled.retry()
    await cancelled.cancel()

    const { schedules, control, quarantine } = producer
    await schedules.upsert('daily', { name: 'act', payload: 'daily', repeat: { every } })
    expect((await schedules.list()).map(({ id }) => id).sort()).toEqual(['daily', 'declared'])
    expect(await schedules.remove('daily')).toBe(true)

    const poison = await producer.enqueue('act', 'mended', { delay: 60_000 })
    const kept = await admin.hget(`${prefix}:desk:${poison.id}`, 'data')
    await admin.hset(`${prefix}:desk:${poison.id}`, 'data', '{')
    await poison.promote()
    expect(await rejection(poison.result())).toMatchObject({ code: 'JOB_QUARANTINED' })
    expect(await heard).toBe('quarantined')
    expect(await quarantine.groups()).toMatchObject([{ code: 'TEXT_INVALID', count: 1 }])
    await admin.hset(`${prefix}:desk-quarantine:${poison.id}`, 'was:data', String(kept))
    expect(await quarantine.replay({}, { dryRun: true })).toMatchObject({ passed: 1 })
    expect(await quarantine.replay({})).toMatchObject({ replayed: 1 })
    await expect.poll(() => poison.state()).toBe('completed')
    await admin.set(`${prefix}:desk:strange`, 'no hash')
    await admin.lpush(`${prefix}:desk:wait`, 'strange')
    await admin.zadd(`${prefix}:desk:marker`, 0, '0')
    await expect.poll(() => quarantine.count()).toBe(1)
    expect(await quarantine.replay({})).toMatchObject({ replayed: 1 })
    await expect.poll(() => quarantine.count()).toBe(1)
    expect(await quarantine.discard({})).toBe(1)

    // One that only the newer of two workers can read.
    const next = deskQueue(2)
    const newer = work(next)
    await newer.waitUntilReady()
    await newer.pause()
    const ahead = await produce(next).enqueue('act', 'plain')
    await expect.poll(() => ahead.state()).toBe('delayed')
    await Promise.all([ahead.remove(), newer.close()])

    await control.setConcurrency(5)
    await control.setRateLimit({ max: 100, durationMs: 1_000 })
    await control.pause()
    const [held, gone] = [await producer.enqueue('act', 'plain'), await producer.enqueue('act', 'plain')]
    await gone.remove()
    await control.resume()
    await held.result()
    await worker.waitUntilIdle()
    await control.clean('completed', { limit: 2 })

    // A parent in a thread, which adds children while it runs.
    const { parents, children } = familyQueues(prefix)
    const module = new URL('../sandbox/handlers/family.ts', import.meta.url)
    const both = [
      createWorker(parents, { ...settings, handlers: { gather: sandboxed(module, { in: 'thread' }) } }),
      createWorker(children, { ...settings, handlers: { bring: (order) => order } }),
    ]
    const flows = createFlowProducer({ connection: as('producer') })
    onTestFinished(async () => void (await Promise.all([...both, flows].map((one) => one.close()))))
    const child = node(children, 'bring', new Order('c', new Date(1)))
    const { job: parent } = await flows.add(node(parents, 'gather', 'step', { children: [child] }))
    expect((await parent.result()).found).toHaveLength(4)
    const waits = node(children, 'bring', new Order('d', new Date(1)), { options: { delay: every } })
    const { job: stopped } = await flows.add(node(parents, 'gather', 'step', { children: [child, waits] }))
    expect(await stopped.cancel()).toMatchObject({ state: 'removed' })
    const connection = { client: openClient(as('watcher')) }
    expect((await findUses([parents, children], { connection })).uses).toContainEqual(
      expect.objectContaining({ kind: 'model', name: 'order' }),
    )

    const monitor = createMonitor([contract], { connection: as('watcher') })
    onTestFinished(() => monitor.close())
    const desk = monitor.queue(contract)
    expect(await desk.counts()).toMatchObject({ quarantined: 0 })
    expect((await desk.jobs('completed')).total).toBeGreaterThan(0)
    expect(await desk.job(held.id)).toMatchObject({ state: 'completed' })
    await Promise.all([desk.failures(), desk.times(), desk.throughput(), desk.oldestWaiting(), desk.isPaused()])
    expect(await desk.workers()).not.toEqual([])
    expect(await desk.contracts()).toHaveLength(1)
    for await (const { type } of desk.events({ after: '0' })) if (type === 'completed') break

    const store = createStore({ connection: as('keeper'), prefix: 'things:' })
    onTestFinished(() => store.close())
    await store.set('a', 1, { ttlMs: 60_000 })
    await store.setMany([['b', 2]])
    expect(await store.getMany(['a', 'b'])).toBeDefined()
    expect(await store.getOrSet('c', () => 3)).toBe(3)
    for await (const key of store.keys()) await store.delete(key)
    expect(await store.has('a')).toBe(false)

    const ordering = createProducer(orders, { connection: as('producer'), prefix })
    onTestFinished(() => ordering.close())
    await ordering.enqueue('order', new Money(1n, 'EUR'), { jobId: 'shown' })
    const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const url = ['--config', config, '--prefix', prefix, '--connection', as('watcher')]
    for (const args of [
      ['status'],
      ['jobs'],
      ['show', 'shown'],
      ['quarantine', 'list'],
      ['check', '--live'],
      ['retire'],
    ]) {
      await createProgram().parseAsync([...url, ...args], { from: 'user' })
      expect(process.exitCode, `brine ${args.join(' ')}`).toBe(0)
    }
    await createProgram().parseAsync([...url.slice(0, -1), as('operator'), 'remove', 'shown', '--yes'], {
      from: 'user',
    })
    expect(process.exitCode).toBe(0)
    printed.mockRestore()
    const { job: drawn } = await flows.add(node(parents, 'gather', 'step', { children: [waits] }))
    const dashboard = createDashboard({
      queues: [contract, parents, children],
      connection: as('operator'),
      authenticate: () => ({ name: 'ann', role: 'operate' }),
    })
    onTestFinished(() => dashboard.close())
    const shown = await dashboard.fetch(new Request('http://localhost/api/queues?activeQueue=desk&status=completed'))
    expect(await shown.json()).toMatchObject({
      queues: expect.arrayContaining([expect.objectContaining({ name: 'desk' })]),
    })

    const flow = await dashboard.fetch(new Request(`http://localhost/api/queues/${parents.name}/${drawn.id}/flow`))
    expect(await flow.text()).toContain('"bring"')

    expect(told).toEqual([])
    expect(await refused()).toEqual([])
  },
)
