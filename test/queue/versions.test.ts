import {
  createFlowProducer,
  createProducer,
  createWorker,
  defineQueue,
  encodeData,
  type Middleware,
  node,
  openJob,
  openReturnValue,
  sandboxed,
  type WorkerOptions,
} from 'brinemq'
import { createInline } from 'brinemq/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { rejection, untyped } from './people.ts'
import { Name, olderParcels, parcels } from './versions/parcels.ts'

const module = new URL('versions/deliver.ts', import.meta.url)

function open() {
  const prefix = freshPrefix()
  const [older, newer] = [olderParcels(prefix), parcels(prefix)]
  const old = createProducer(older, { connection: redisUrl })
  const producer = createProducer(newer, { connection: redisUrl })
  onTestFinished(async () => {
    await Promise.all([old.close(), producer.close()])
  })
  return { older, newer, old, producer }
}

type Parcels = ReturnType<typeof parcels>

function work(
  contract: Parcels,
  handlers: Partial<WorkerOptions<Parcels>['handlers']> = {},
  use: Middleware<Parcels>[] = [],
) {
  const worker = createWorker(contract, {
    connection: redisUrl,
    shutdownOnSignals: false,
    graceMs: 0,
    drainDelay: 1,
    use,
    handlers: {
      deliver: async ({ to, weightGrams }, { name, progress }) => {
        await progress(0.5)
        if (weightGrams > 10_000) throw new RangeError(`${name}: too heavy`)
        return { text: `${name} of ${weightGrams} to ${to.full}` }
      },
      batch: async (_, { children }) => (await children.results(contract, 'deliver')).map(({ result }) => result.text),
      ...handlers,
    },
  })
  onTestFinished(() => worker.close())
  return worker
}

test('a job of version 1, under its old name, runs under the present handler, and its old producer reads what came of it', async () => {
  const { newer, old, producer } = open()
  const job = await old.enqueue('send', { who: new Name('Ann', 'Lee'), kilos: 2 })
  const heavy = await old.enqueue('send', { who: new Name('Bob', 'Ray'), kilos: 20 })
  work(newer)
  expect(await job.result()).toEqual({ text: 'deliver of 2000 to Ann Lee' })
  expect(await job.progress()).toBe(0.5)
  expect(await rejection(heavy.result())).toMatchObject({ name: 'RangeError', message: 'deliver: too heavy' })
  // Producers of today find it by the name of today, and by that which it had.
  const found = producer.job('deliver', job.id)
  expect(await found.result()).toEqual({ text: 'deliver of 2000 to Ann Lee' })
  expect(await found.progress()).toBe(0.5)
  expect(await rejection(producer.job('deliver', heavy.id).result())).toMatchObject({ name: 'RangeError' })
  const formerly: unknown = await Reflect.apply(untyped(producer.job), undefined, ['send', job.id])
  expect(await (formerly as typeof found).result()).toEqual({ text: 'deliver of 2000 to Ann Lee' })
  const told: unknown[] = []
  for await (const event of producer.events({ after: '0' })) {
    if (event.type === 'completed') told.push([event.name, Reflect.get(event, 'result')])
    else if (event.type === 'failed') told.push([event.name, Reflect.get(Object(event.error), 'name')])
    if (told.length === 2) break
  }
  expect(told).toEqual(
    expect.arrayContaining([
      ['deliver', { text: 'deliver of 2000 to Ann Lee' }],
      ['deliver', 'RangeError'],
    ]),
  )
  expect(await rejection(untyped(producer.enqueue)('send', {}))).toMatchObject({ code: 'JOB_UNKNOWN' })
})

test('a job of an old name runs sandboxed, through middlewares, and answers under that name', async () => {
  const { newer, old } = open()
  const seen: unknown[] = []
  work(newer, { deliver: sandboxed(module, { in: 'thread' }) }, [
    async (job, next) => {
      const result = await next()
      seen.push(job.name, job.payload, result)
      return result
    },
  ])
  const job = await old.enqueue('send', { who: new Name('Ann', 'Lee'), kilos: 2 })
  const heavy = await old.enqueue('send', { who: new Name('Bob', 'Ray'), kilos: 20 })
  const result = { text: 'deliver of 2000 to Ann Lee' }
  expect(await job.result()).toEqual(result)
  expect(await job.progress()).toBe(0.25)
  expect(await rejection(heavy.result())).toMatchObject({ name: 'RangeError', message: 'deliver: too heavy' })
  expect(seen).toEqual(['deliver', { to: new Name('Ann', 'Lee'), weightGrams: 2_000 }, result])
})

test('a job that no upcaster reads, or whose upcaster throws, is kept in quarantine, and its handler does not run', async () => {
  const { older, old } = open()
  const { prefix = '' } = older
  const throws = () => {
    throw new TypeError('no')
  }
  const newer = untyped(defineQueue)('parcels', {
    prefix,
    models: older.models,
    jobs: { send: { payload: z.object({ who: z.unknown() }), version: 2, upcast: { 1: throws } } },
  })
  const ran: unknown[] = []
  const worker = createWorker(newer, {
    ...{ connection: redisUrl, shutdownOnSignals: false, graceMs: 0, drainDelay: 1 },
    handlers: { send: (payload: unknown) => void ran.push(payload) },
  })
  onTestFinished(() => worker.close())
  const job = await old.enqueue('send', { who: new Name('Ann', 'Lee'), kilos: 2 }, { attempts: 3 })
  expect(await rejection(job.result())).toMatchObject({
    code: 'JOB_QUARANTINED',
    cause: { code: 'UPCAST_FAILED', job: 'send', path: '$' },
  })
  expect(await job.state()).toBe('quarantined')
  expect(ran).toEqual([])
})

test('a flow of old jobs gives its results to a parent of today', async () => {
  const { older, newer } = open()
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  const { job } = await flows.add(
    node(newer, 'batch', 'all', { children: [node(older, 'send', { who: new Name('Ann', 'Lee'), kilos: 1 })] }),
  )
  work(newer)
  expect(await job.result()).toEqual(['deliver of 1000 to Ann Lee'])
})

test('a schedule of an old name is listed under the present one, and its runs are handled', async () => {
  const { newer, old, producer } = open()
  await old.schedules.upsert('daily', {
    name: 'send',
    payload: { who: new Name('Ann', 'Lee'), kilos: 1 },
    repeat: { every: 3_600_000 },
  })
  const [schedule] = await producer.schedules.list()
  expect(schedule).toMatchObject({ name: 'deliver', payload: { to: new Name('Ann', 'Lee'), weightGrams: 1_000 } })
  work(newer)
  expect(await schedule?.nextRun?.result()).toEqual({ text: 'deliver of 1000 to Ann Lee' })
})

test('bare BullMQ opens an old job as of today, and answers under its name', async () => {
  const { older, newer } = open()
  const data = await encodeData(older, 'send', { who: new Name('Ann', 'Lee'), kilos: 2 })
  const opened = await openJob(newer, { name: 'send', data })
  if (opened.name !== 'deliver') throw new Error('named otherwise')
  expect(opened.payload).toEqual({ to: new Name('Ann', 'Lee'), weightGrams: 2_000 })
  const answer = await opened.encodeResult({ text: 'sent' })
  expect(await openReturnValue(older, 'send', answer)).toEqual({ text: 'sent' })
  expect(await openReturnValue(newer, 'deliver', answer)).toEqual({ text: 'sent' })
})

const payload = z.object({ n: z.number() })
const throwing = () => {
  throw new Error('s3cret')
}
const refusals = [
  ['no upcaster is left', {}, 'VERSION_OLDER', '$'],
  ['the upcaster throws', { upcast: { 1: throwing } }, 'UPCAST_FAILED', '$'],
  ['the upcaster gives a promise', { upcast: { 1: () => Promise.resolve({ n: 1 }) } }, 'UPCAST_FAILED', '$'],
  ['the upcaster gives what the schema refuses', { upcast: { 1: () => ({ n: 's3cret' }) } }, 'PAYLOAD_INVALID', '$.n'],
] as const

test.each(refusals)('a job of an older version is refused when %s', async (_title, over, code, path) => {
  const older = defineQueue('q', { jobs: { a: { payload: z.unknown() } } })
  const newer = untyped(defineQueue)('q', { jobs: { a: { payload, version: 2, ...over } } })
  const error = await rejection(openJob(newer, { name: 'a', data: await encodeData(older, 'a', 's3cret') }))
  expect(error).toMatchObject({ code, path, job: 'a', message: expect.not.stringContaining('s3cret') })
})

test('a job of a newer version is refused before its body is read', async () => {
  const newer = defineQueue('q', { jobs: { a: { payload, version: 2 } } })
  const older = defineQueue('q', { jobs: { a: { payload } } })
  const error = await rejection(openJob(older, { name: 'a', data: await encodeData(newer, 'a', { n: 1 }) }))
  expect(error).toMatchObject({ code: 'VERSION_NEWER', job: 'a' })
})

test('plain JSON of bare BullMQ is taken for a payload of today', async () => {
  const contract = defineQueue('q', {
    accept: 'json',
    jobs: { a: { payload, version: 2, upcast: { 1: (n: number) => ({ n }) } } },
  })
  expect((await openJob(contract, { name: 'a', data: { n: 5 } })).payload).toEqual({ n: 5 })
})

describe('the testing kit', () => {
  test('raises nothing that it enqueued itself, and finds old names', async () => {
    const contract = parcels()
    const inline = createInline(contract, {
      handlers: { deliver: ({ to }) => ({ text: to.full }), batch: () => [] },
    })
    const job = await inline.enqueue('deliver', { to: new Name('Ann', 'Lee'), weightGrams: 1 })
    expect(await job.result()).toEqual({ text: 'Ann Lee' })
    expect(untyped(inline.job)('send', job.id)).toMatchObject({ id: job.id })
  })
})
