import { createFlowProducer, createProducer, defineQueue, type EnqueueMiddleware, newKey, node } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { rejection } from '../people.ts'
import { countsQueue, most, slowCount } from './counts.ts'

import { asGiven, type Counts, changing, counts, open, returnIt, work } from './open-counts.ts'

test('an enqueue stores what its object was at the call, which is what its asynchronous schema checks', async () => {
  const contract = counts()
  const producer = open(contract)
  work(contract, returnIt)
  const jobs = await changing((given) => producer.enqueue('slow', given))
  expect(await Promise.all(jobs.map((job) => job.result()))).toEqual(asGiven)
})

test('an object that is mended after the call is refused as it was', async () => {
  const given = { n: most }
  const enqueuing = rejection(open(counts()).enqueue('slow', given))
  given.n = 1
  expect(await enqueuing).toMatchObject({ code: 'PAYLOAD_INVALID', path: '$' })
})

test('a value that cannot travel is refused with the word of its schema first, as where no check is asynchronous', async () => {
  const producer = open(counts())
  const wrong: { n: number } = JSON.parse('{"n":"1"}')
  const unable = Object.assign({ n: 1 }, { self: () => {} })
  for (const [given, refusal] of [
    [Object.assign(wrong, { self: () => {} }), { code: 'PAYLOAD_INVALID', path: '$.n' }],
    [unable, { code: 'UNSUPPORTED_VALUE', path: '$.self' }],
  ] as const) {
    expect(await rejection(producer.enqueue('slow', given))).toMatchObject(refusal)
    expect(await rejection(producer.enqueue('slow', given))).toMatchObject(refusal)
  }
})

test('a bulk stores all of its items as they were at the call', async () => {
  const contract = counts()
  const producer = open(contract)
  work(contract, returnIt)
  const items = asGiven.map(({ n }) => ({ name: 'slow' as const, payload: { n } }))
  const adding = producer.enqueueBulk(items)
  for (const { payload } of items) payload.n += most
  expect(await Promise.all((await adding).map((job) => job.result()))).toEqual(asGiven)
})

test('a bulk is refused by the first of its items that is, whatever is found out sooner', async () => {
  const producer = open(counts())
  const [late, early] = [{ n: most }, JSON.parse('{"n":"1"}') as { n: number }]
  const payloads = [{ n: 1 }, late, early, late]
  const adding = producer.enqueueBulk(payloads.map((payload) => ({ name: 'slow', payload }) as const))
  expect(await rejection(adding)).toMatchObject({ code: 'PAYLOAD_INVALID', path: '$[1].payload' })
})

test.each(['slow', 'plain'] as const)(
  'map takes each payload of a source that yields one object again and again: %s',
  async (name) => {
    const contract = counts()
    const producer = open(contract)
    work(contract, returnIt)
    function* source() {
      const given = { n: 0 }
      for (given.n = 1; given.n <= 3; given.n++) yield given
    }
    const results: unknown[] = []
    for await (const outcome of producer.map(name, source(), { ordered: true })) {
      results.push(outcome.status === 'completed' ? outcome.result : outcome.error)
    }
    expect(results).toEqual(name === 'slow' ? asGiven : [1, 2, 3])
  },
)

test.each(['slow', 'plain'] as const)('a flow stores all of its jobs as they were at the call: %s', async (name) => {
  const contract = counts()
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  work(contract, returnIt)
  const given = { n: 1 }
  const below = () => node(contract, name, given)
  const adding = flows.addBulk([node(contract, name, given, { children: [below(), below()] }), below()])
  given.n += most
  const [tree, other] = await adding
  const jobs = [tree.job, ...tree.children.map(({ job }) => job), other.job]
  const results = await Promise.all(jobs.map((job) => job.result()))
  expect(results).toEqual(Array(4).fill(name === 'slow' ? { n: 1 } : 1))
})

test.each([undefined, newKey()])(
  'a schedule stores and compares what its payload was at the call, %#',
  async (keys) => {
    const contract = countsQueue({ prefix: freshPrefix(), ...(keys && { keys }) })
    const { schedules } = open(contract)
    const given = { n: 1 }
    const adding = schedules.upsert('daily', { name: 'slow', payload: given, repeat: { pattern: '0 3 * * *' } })
    given.n += most
    await adding
    expect((await schedules.get('daily'))?.payload).toEqual({ n: 1 })
  },
)

test('a declared schedule that is changed while its schema takes its time is found unchanged the next time', async () => {
  const given = { n: 1 }
  const contract = defineQueue('counts', {
    prefix: freshPrefix(),
    keys: newKey(),
    jobs: { slow: { payload: slowCount } },
    schedules: { daily: { job: 'slow', payload: given, repeat: { pattern: '0 3 * * *' } } },
  })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const reconciling = producer.schedules.reconcile()
  given.n = 2
  expect(await reconciling).toMatchObject({ added: ['daily'] })
  given.n = 1
  expect(await producer.schedules.reconcile()).toEqual({ added: [], changed: [], removed: [] })
})

test('middlewares see what is stored, whatever became of the object since', async () => {
  const seen: unknown[] = []
  const read: EnqueueMiddleware<Counts> = async (job, next) => {
    seen.push(job.payload)
    return next()
  }
  const idle: EnqueueMiddleware = async (_job, next) => {
    await null
    return next()
  }
  const producer = open(counts(), { use: [read, idle, read] })
  await changing((given) => producer.enqueue('slow', given))
  await changing((given) => producer.enqueue('plain', given))
  expect(seen).toHaveLength(12)
  for (const { n } of asGiven) expect(seen.filter((one) => (one as { n: number }).n === n)).toHaveLength(4)
})

test('options within options are those of the call, however long it takes to send them', async () => {
  const contract = counts()
  const producer = open(contract)
  const options = { deduplication: { id: '' } }
  const adding = ['a', 'b', 'c'].map((id) => {
    options.deduplication.id = id
    return producer.enqueue('plain', { n: 1 }, options)
  })
  const jobs = await Promise.all(adding)
  const stored = jobs.map(({ id }) => openClient().hget(`${contract.prefix}:counts:${id}`, 'deid'))
  expect(await Promise.all(stored)).toEqual(['a', 'b', 'c'])
})
