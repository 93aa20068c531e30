import { createFlowProducer, createProducer, createWorker, defineQueue, type EnqueueMiddleware, node } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { gate, openWorker, Person, peopleQueue, rejection, untyped } from './people.ts'

const ada = new Person('Ada', 36)
const every = { every: 3_600_000 }

function openFlows(use: NonNullable<Parameters<typeof createFlowProducer>[0]>['use']) {
  const flows = createFlowProducer({ connection: redisUrl, use })
  onTestFinished(() => flows.close())
  return flows
}

test('a middleware is told of every job of a flow, with its instances, and adds to their options', async () => {
  const people = peopleQueue()
  const reports = defineQueue('reports', { prefix: freshPrefix(), jobs: { collect: { payload: z.string() } } })
  const told: unknown[] = []
  const flows = openFlows([
    async (job, next) => {
      const sent = await next({ telemetry: { metadata: `of ${job.payload}` } })
      told.push([job.queue, job.payload, job.options.attempts, job.id === sent.id, job.schedule])
      return sent
    },
  ])
  const metadata = gate<string | undefined>()
  openWorker(people, (_payload, context) => metadata.open(context.metadata))
  const worker = createWorker(reports, {
    ...{ connection: redisUrl, shutdownOnSignals: false },
    handlers: { collect: async (_, { children }) => (await children.results(people, 'anything')).length },
  })
  onTestFinished(() => worker.close())
  const child = node(people, 'anything', ada, { options: { attempts: 2 } })
  const middle = node(reports, 'collect', 'middle', { children: [child] })
  const { job, children } = await flows.add(node(reports, 'collect', 'top', { children: [middle] }))
  expect(told.toSorted()).toEqual([
    ['people', ada, 2, true, undefined],
    ['reports', 'middle', undefined, true, undefined],
    ['reports', 'top', undefined, true, undefined],
  ])
  expect(await metadata.opened).toBe('of Ada 36')
  expect(await children[0].job.result()).toBe(1)
  expect(await job.result()).toBe(0)
})

const stops: [title: string, use: EnqueueMiddleware, refusal: object][] = [
  [
    'throws for one job',
    (job, next) => (job.payload === 2 ? Promise.reject(new RangeError('no')) : next()),
    new RangeError('no'),
  ],
  [
    'adds what cannot be in a flow',
    (_job, next) => next({ deduplication: { id: 'a' } }),
    { code: 'OPTIONS_INVALID', path: '$.options.deduplication' },
  ],
  [
    'adds a second policy to a child',
    (job, next) => next(job.payload === 2 ? { failParentOnFailure: true } : {}),
    { code: 'OPTIONS_INVALID', path: '$.children[0].options.ignoreDependencyOnFailure' },
  ],
]

test.each(stops)('sends nothing of a flow when a middleware %s', async (_title, one, refusal) => {
  const people = peopleQueue()
  const options = { ignoreDependencyOnFailure: true }
  const flow = node(people, 'anything', 1, { children: [node(people, 'anything', 2, { options })] })
  expect(await rejection(openFlows([one]).add(flow))).toMatchObject(refusal)
  expect(await openClient().keys(`${people.prefix}:*`)).toEqual([])
})

const jobs = { count: { payload: z.number() } }
const schedules = { declared: { job: 'count', payload: 2, repeat: every } } as const

function counts(use: EnqueueMiddleware) {
  const contract = defineQueue('counts', { prefix: freshPrefix(), jobs, schedules })
  const producer = createProducer(contract, { connection: redisUrl, use: [use] })
  onTestFinished(() => producer.close())
  return { contract, producer }
}

test('a middleware is told of schedules, and each run has what it added', async () => {
  const told: unknown[] = []
  const { contract, producer } = counts(async ({ queue, name, payload, schedule, id }, next) => {
    told.push([queue, name, payload, schedule, id])
    const sent = await next({ telemetry: { metadata: `tenant ${payload}` }, attempts: 3 })
    told.push(sent.id)
    return sent
  })
  const often = { name: 'count', payload: 1, repeat: { every: 50, limit: 2 } } as const
  const { nextRun } = await producer.schedules.upsert('mine', often)
  expect(told).toEqual([['counts', 'count', 1, 'mine', 'repeat:mine'], nextRun.id])
  expect(await producer.schedules.reconcile()).toMatchObject({ added: ['declared'] })
  expect(told[2]).toEqual(['counts', 'count', 2, 'declared', 'repeat:declared'])
  // What it adds is no change of the declaration.
  expect(await producer.schedules.reconcile()).toEqual({ added: [], changed: [], removed: [] })
  const runs: unknown[] = []
  const three = gate()
  const worker = createWorker(contract, {
    ...{ connection: redisUrl, shutdownOnSignals: false, reconcileSchedules: false },
    handlers: {
      count: (payload, { metadata, maxAttempts }) => {
        if (runs.push([payload, metadata, maxAttempts]) === 3) three.open()
      },
    },
  })
  onTestFinished(() => worker.close())
  await three.opened
  expect(runs.toSorted()).toEqual([
    [1, 'tenant 1', 3],
    [1, 'tenant 1', 3],
    [2, 'tenant 2', 3],
  ])
})

test('writes no schedule when a middleware throws, or adds what no run can have', async () => {
  const { producer } = counts((job, next) => {
    if (job.payload === 1) throw new RangeError('no')
    return next({ delay: 5 })
  })
  const upsert = (payload: number) => producer.schedules.upsert('mine', { name: 'count', payload, repeat: every })
  expect(await rejection(upsert(1))).toEqual(new RangeError('no'))
  const refusal = { code: 'OPTIONS_INVALID', job: 'count', path: 'options.delay' }
  expect(await rejection(upsert(2))).toMatchObject(refusal)
  expect(await rejection(producer.schedules.reconcile())).toMatchObject(refusal)
  expect(await producer.schedules.list()).toEqual([])
})

test("a worker's enqueues are told of the schedules that it reconciles and of the children that its handlers add", async () => {
  const contract = defineQueue('counts', { prefix: freshPrefix(), jobs, schedules })
  const people = peopleQueue()
  const told: unknown[] = []
  const metadata: unknown[] = []
  openWorker(people, (_payload, context) => void metadata.push(context.metadata))
  const [ran, all] = [gate(), gate()]
  const worker = createWorker(contract, {
    ...{ connection: redisUrl, shutdownOnSignals: false },
    enqueues: [
      async (job, next) => {
        const sent = await next({ telemetry: { metadata: 'here' } })
        told.push([job.queue, job.name, job.payload, job.schedule, job.schedule !== undefined || job.id === sent.id])
        return sent
      },
    ],
    handlers: {
      count: async (_, context) => {
        metadata.push(context.metadata)
        ran.open()
        const inner = node(people, 'anything', 'inner')
        await context.children.step('one', () => [node(people, 'anything', ada, { children: [inner] })])
        all.open()
      },
    },
  })
  onTestFinished(() => worker.close())
  await Promise.all([ran.opened, all.opened])
  expect(told).toEqual(
    expect.arrayContaining([
      ['counts', 'count', 2, 'declared', true],
      ['people', 'anything', ada, undefined, true],
      ['people', 'anything', 'inner', undefined, true],
    ]),
  )
  expect(told).toHaveLength(3)
  expect(new Set(metadata)).toEqual(new Set(['here']))
})

test("what a worker's enqueues throw keeps children from being added, and is the handler's to see", async () => {
  const contract = defineQueue('counts', { prefix: freshPrefix(), jobs })
  const people = peopleQueue()
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const worker = createWorker(contract, {
    ...{ connection: redisUrl, shutdownOnSignals: false },
    enqueues: [() => Promise.reject(new RangeError('no'))],
    handlers: {
      count: async (_, { children }) => {
        await children.add([node(people, 'anything', 1)])
      },
    },
  })
  onTestFinished(() => worker.close())
  const job = await producer.enqueue('count', 1)
  expect(await rejection(job.result())).toEqual(new RangeError('no'))
  expect(await openClient().keys(`${people.prefix}:*`)).toEqual([])
})

test('a middleware cannot be anything but a function', () => {
  expect(() => untyped(createFlowProducer)({ use: [5] })).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID', path: 'use' }),
  )
  const handlers = { greet: () => undefined, anything: () => undefined }
  expect(() => untyped(createWorker)(peopleQueue(), { handlers, enqueues: [5] })).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID', path: 'enqueues' }),
  )
})
