import { setImmediate as turn } from 'node:timers/promises'
import { createProducer, createWorker, defineQueue, type Repeat } from 'brinemq'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { startProgram } from '../program.ts'
import { gate, rejection, untyped } from './people.ts'

const jobs = { count: { payload: z.object({ n: z.number().refine(async (n) => n >= 0) }) } }
const hourly: Repeat = { every: 3_600_000 }
const yearly: Repeat = { pattern: '0 0 1 1 *' }

/** A producer of a process that was deployed with these schedules. */
function deploy(prefix: string, declared: Record<string, { n: number; repeat: Repeat }>) {
  const schedules = Object.fromEntries(
    Object.entries(declared).map(([id, { n, repeat }]) => [id, { job: 'count' as const, payload: { n }, repeat }]),
  )
  const contract = defineQueue('counts', { prefix, jobs, schedules })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  return { contract, ...producer }
}

test('adds what is declared, changes it, and removes it, and says so', async () => {
  const prefix = freshPrefix()
  const one = deploy(prefix, { a: { n: 1, repeat: hourly }, b: { n: 1, repeat: yearly } })
  expect(await one.schedules.reconcile()).toEqual({ added: ['a', 'b'], changed: [], removed: [] })
  expect(await one.schedules.reconcile()).toEqual({ added: [], changed: [], removed: [] })
  const two = deploy(prefix, { b: { n: 2, repeat: yearly }, c: { n: 3, repeat: yearly } })
  expect(await two.schedules.reconcile()).toEqual({ added: ['c'], changed: ['b'], removed: ['a'] })
  const list = await two.schedules.list()
  expect(list.map(({ id, payload, declared }) => [id, payload, declared])).toEqual([
    ['b', { n: 2 }, true],
    ['c', { n: 3 }, true],
  ])
  expect(await deploy(prefix, {}).schedules.reconcile()).toEqual({ added: [], changed: [], removed: ['b', 'c'] })
})

test('leaves schedules that were made by hand, and takes one over that it declares', async () => {
  const prefix = freshPrefix()
  const by = deploy(prefix, { a: { n: 1, repeat: yearly } })
  await by.schedules.upsert('mine', { name: 'count', payload: { n: 9 }, repeat: yearly })
  await by.schedules.upsert('a', { name: 'count', payload: { n: 9 }, repeat: hourly })
  expect(await by.schedules.reconcile()).toEqual({ added: [], changed: ['a'], removed: [] })
  expect(await deploy(prefix, {}).schedules.reconcile()).toEqual({ added: [], changed: [], removed: ['a'] })
  expect(await by.schedules.list()).toMatchObject([{ id: 'mine', payload: { n: 9 }, declared: false }])
})

test('puts back what was changed or removed by hand', async () => {
  const { schedules } = deploy(freshPrefix(), { a: { n: 1, repeat: yearly }, b: { n: 1, repeat: yearly } })
  await schedules.reconcile()
  await schedules.remove('a')
  await schedules.upsert('b', { name: 'count', payload: { n: 9 }, repeat: hourly })
  expect(await schedules.reconcile()).toEqual({ added: ['a'], changed: ['b'], removed: [] })
  expect(await schedules.get('b')).toMatchObject({ payload: { n: 1 }, declared: true })
})

test('does it once when many start together', async () => {
  const prefix = freshPrefix()
  const all = Array.from({ length: 5 }, () =>
    deploy(prefix, { a: { n: 1, repeat: { ...yearly, immediately: true } as Repeat } }),
  )
  const done = await Promise.all(all.map(({ schedules }) => schedules.reconcile()))
  expect(done.flatMap(({ added }) => added)).toEqual(['a'])
  const [{ bullmq } = deploy(prefix, {})] = all
  expect(await bullmq.getJobCountByTypes('waiting', 'delayed')).toBe(1)
  expect(await openClient().exists(`${prefix}:counts:brine:reconcile`)).toBe(0)
})

test('is done once by processes that start together, and ended by the next when one is killed in the midst', async () => {
  const prefix = freshPrefix()
  const client = openClient()
  const start = (count: number) =>
    startProgram('test/queue/reconcile-process.ts', [], { env: { PREFIX: prefix, COUNT: `${count}` } })
  const many = 600
  const killed = start(many)
  while ((await client.zcard(`${prefix}:counts:repeat`)) < 3) await turn()
  killed.child.kill('SIGKILL')
  await killed.ended
  const left = many - (await client.zcard(`${prefix}:counts:repeat`))
  expect(left).toBeGreaterThan(0)
  const rest = [start(many), start(many)]
  expect(await Promise.all(rest.map(({ ended }) => ended))).toEqual([0, 0])
  expect(rest.map(({ out }) => out).toSorted()).toEqual(['0 0 0\n', `${left} 0 0\n`])
  expect(await client.zcard(`${prefix}:counts:repeat`)).toBe(many)
}, 30_000)

test('looks again at what is left to do when its lease ran out meanwhile', async () => {
  const prefix = freshPrefix()
  const { schedules, bullmq } = deploy(prefix, { a: { n: 1, repeat: yearly }, b: { n: 1, repeat: yearly } })
  const other = deploy(prefix, { a: { n: 1, repeat: yearly }, b: { n: 1, repeat: yearly } })
  const client = openClient()
  const upsert = bullmq.upsertJobScheduler.bind(bullmq)
  // As a process that stood still after its first step, while another did the rest.
  vi.spyOn(bullmq, 'upsertJobScheduler').mockImplementationOnce(async (...given) => {
    const run = await upsert(...given)
    await client.del(`${prefix}:counts:brine:reconcile`)
    expect(await other.schedules.reconcile()).toEqual({ added: ['b'], changed: [], removed: [] })
    return run
  })
  expect(await schedules.reconcile()).toEqual({ added: ['a'], changed: [], removed: [] })
})

test('does not reset the next run of what did not change', async () => {
  const prefix = freshPrefix()
  const { schedules, contract } = deploy(prefix, { a: { n: 1, repeat: hourly } })
  await schedules.reconcile()
  const ran = gate<string>()
  const worker = createWorker(contract, {
    connection: redisUrl,
    shutdownOnSignals: false,
    handlers: { count: (_, { id }) => ran.open(id) },
  })
  onTestFinished(() => worker.close())
  await ran.opened
  const before = await schedules.get('a')
  expect(before?.iterationCount).toBe(2)
  await deploy(prefix, { a: { n: 1, repeat: hourly } }).schedules.reconcile()
  expect(await schedules.get('a')).toMatchObject({ next: before?.next, iterationCount: 2 })
  await deploy(prefix, { a: { n: 2, repeat: hourly } }).schedules.reconcile()
  expect(await schedules.get('a')).toMatchObject({ next: before?.next, payload: { n: 2 } })
})

test('is done by a worker when it starts, unless it is told not to', async () => {
  const prefix = freshPrefix()
  const { contract, schedules } = deploy(prefix, { a: { n: 1, repeat: hourly } })
  const ran = gate<unknown>()
  const start = (reconcileSchedules: boolean) => {
    const handlers = { count: (payload: unknown) => ran.open(payload) }
    const worker = createWorker(contract, {
      connection: redisUrl,
      shutdownOnSignals: false,
      handlers,
      reconcileSchedules,
    })
    onTestFinished(() => worker.close())
    return worker
  }
  await start(false).waitUntilReady()
  await turn()
  expect(await schedules.list()).toEqual([])
  start(true)
  expect(await ran.opened).toEqual({ n: 1 })
})

test('passes over what has ended', async () => {
  const { schedules } = deploy(freshPrefix(), { a: { n: 1, repeat: { ...yearly, endDate: 5 } as Repeat } })
  expect(await schedules.reconcile()).toEqual({ added: [], changed: [], removed: [] })
})

test('sends nothing when one of them is wrong, and names its path', async () => {
  const { schedules } = deploy(freshPrefix(), { a: { n: 1, repeat: yearly }, b: { n: -1, repeat: yearly } })
  expect(await rejection(schedules.reconcile())).toMatchObject({
    code: 'PAYLOAD_INVALID',
    job: 'count',
    path: 'schedules.b.payload.n',
  })
  const broken = deploy(freshPrefix(), { a: { n: 1, repeat: { pattern: 'daily' } } })
  expect(await rejection(broken.schedules.reconcile())).toMatchObject({
    code: 'OPTIONS_INVALID',
    path: 'schedules.a.repeat.pattern',
  })
  expect(await schedules.list()).toEqual([])
})

const refused: [title: string, schedules: unknown, path: string][] = [
  ['no object', 5, 'schedules'],
  ['an id with a colon', { 'a:b': { job: 'count', payload: { n: 1 }, repeat: hourly } }, 'schedules'],
  ['no schedule', { a: 5 }, 'schedules.a'],
  ['a job that is not there', { a: { job: 'nobody', payload: 1, repeat: hourly } }, 'schedules.a.job'],
  ['a repeat that is none', { a: { job: 'count', payload: { n: 1 }, repeat: {} } }, 'schedules.a.repeat'],
  ['a word that nobody knows', { a: { job: 'count', data: 1, repeat: hourly } }, 'schedules.a.data'],
  [
    'a delay',
    { a: { job: 'count', payload: { n: 1 }, repeat: hourly, options: { delay: 5 } } },
    'schedules.a.options.delay',
  ],
]

test.each(refused)('refuses a contract with %s among its schedules', (_title, schedules, path) => {
  const define = () => untyped(defineQueue)('counts', { jobs, schedules })
  expect(define).toThrow(expect.objectContaining({ code: 'CONTRACT_INVALID', path }))
})
