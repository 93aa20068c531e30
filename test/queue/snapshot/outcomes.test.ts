import { createProducer, createStore, createWorker, defineQueue, encodeData, node, openJob, sandboxed } from 'brinemq'
import { createFakeProducer, createInline } from 'brinemq/testing'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../../connection.ts'
import { quiet } from '../people.ts'
import { changeLater, countsQueue, most, slowCount } from './counts.ts'

import { asGiven, changing, counts, open, returnIt, work } from './open-counts.ts'

test.each([
  ['in the worker', changeLater],
  ['in a thread', sandboxed(new URL('./handler.ts', import.meta.url), { in: 'thread' })],
] as const)(
  'progress and result are what the handler handed over, not what it made of them later: %s',
  async (_, slow) => {
    const contract = counts()
    const producer = open(contract)
    work(contract, slow)
    const job = await producer.enqueue('slow', { n: 1 })
    expect(await job.result()).toEqual({ n: 1 })
    expect(await job.progress()).toEqual({ n: 1 })
  },
)

test('a result is what it was at the return although the children that were added are counted first', async () => {
  const contract = counts()
  const producer = open(contract)
  const parents = defineQueue('parents', { prefix: freshPrefix(), jobs: { add: { payload: z.unknown() } } })
  const worker = createWorker(parents, {
    ...quiet,
    handlers: {
      add: async (_, { children }) => {
        const [child = ''] = await children.add([node(contract, 'plain', { n: 1 })])
        await producer.job('plain', child).result()
        const returned = { n: 1 }
        setImmediate(() => {
          returned.n += most
        })
        return returned
      },
    },
  })
  onTestFinished(() => worker.close())
  work(contract, returnIt)
  const parent = createProducer(parents, { connection: redisUrl })
  onTestFinished(() => parent.close())
  expect(await (await parent.enqueue('add', 1)).result()).toEqual({ n: 1 })
})

test('a store keeps what was computed, as it was when it came', async () => {
  const prefix = freshPrefix()
  const store = createStore({ connection: redisUrl, prefix })
  onTestFinished(() => store.close())
  const given = { n: 1 }
  const getting = store.getOrSet('key', slowCount, () => {
    setImmediate(() => {
      given.n += most
    })
    return given
  })
  expect(await getting).toEqual({ n: 1 })
})

test('data for a producer of bare BullMQ, and results of its workers, are those of the call', async () => {
  const contract = counts()
  const given = { n: 1 }
  const encoding = encodeData(contract, 'slow', given)
  given.n += most
  const opened = await openJob(contract, { name: 'slow', data: await encoding })
  expect(opened.payload).toEqual({ n: 1 })
  if (opened.name !== 'slow') throw new Error('it is another job')
  const result = { n: 2 }
  const answering = opened.encodeResult(result)
  result.n += most
  expect(JSON.stringify(await answering)).toContain('[2]')
})

test('in memory, jobs are what was given at the call, and so are results', async () => {
  const inline = createInline(countsQueue(), { handlers: { slow: changeLater, plain: ({ n }) => n } })
  onTestFinished(() => inline.close())
  const jobs = await changing((given) => inline.enqueue('slow', given))
  expect(await Promise.all(jobs.map((job) => job.result()))).toEqual(asGiven)
  const fake = createFakeProducer(countsQueue())
  const [first] = await changing((given) => fake.enqueue('slow', given))
  expect(fake.enqueued('slow').map(({ payload }) => payload)).toEqual(asGiven)
  const result = { n: 1 }
  const completing = fake.complete(first?.id ?? '', result)
  result.n += most
  await completing
  expect(await first?.result()).toEqual({ n: 1 })
})
