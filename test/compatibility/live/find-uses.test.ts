import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { findUses } from '../../../src/compatibility/live/find-uses.ts'
import { defineQueue } from '../../../src/contract/define-queue.ts'
import { node } from '../../../src/flow/flow-node.ts'
import { defineModel } from '../../../src/model/define-model.ts'
import { createFlowProducer } from '../../../src/producer/flow-producer.ts'
import { createProducer } from '../../../src/producer/producer.ts'
import { createStore } from '../../../src/store/create-store.ts'
import { createWorker } from '../../../src/worker/worker.ts'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { gate } from '../../queue/people.ts'
import { contracts, enqueue, house } from '../../rollout/houses.ts'

class Home {
  declare street: string
}
const home = defineModel(Home, {
  tag: 'home',
  version: 3,
  aliases: ['house', 'hut'],
  fields: z.object({ street: z.string() }),
  upcast: { 1: (old: { street: string }) => old, 2: (old: { street: string }) => old },
})

function today(prefix: string, options: object = {}) {
  return defineQueue('houses', {
    prefix,
    models: [home],
    jobs: {
      make: {
        payload: z.unknown(),
        version: 3,
        aliases: ['build', 'erect'],
        upcast: { 1: (old: unknown) => old, 2: (old: unknown) => old },
      },
    },
    ...options,
  })
}

const named =
  (word: string) =>
  ({ what, of, which }: { what: string; of: string; which: string }) =>
    `${what} ${of} ${which}` === word

test('tells what nothing uses any more: steps, aliases, keys; and what is in use, by how many, such as which', async () => {
  const prefix = freshPrefix()
  const client = openClient()
  await enqueue(contracts.before(prefix), 'build', { deep: [house()] }, { jobId: 'one' })
  await enqueue(contracts.newerJob(prefix), 'build', 'person@1 and ["hut@1", are words', {
    jobId: 'two',
    delay: 100_000,
  })
  const store = createStore({ connection: redisUrl, prefix: `${prefix}:store:`, models: [home] })
  onTestFinished(() => store.close())
  await store.set('mine', Object.assign(new Home(), { street: 'High' }))
  const stores = [{ prefix: `${prefix}:store:`, models: [home] }]
  const { uses, retirable, unread, examined } = await findUses([today(prefix)], { connection: { client }, stores })
  expect({ examined, unread: unread.count }).toEqual({ examined: 3, unread: 0 })
  expect(uses.map(({ kind, name, version, count, example }) => [kind, name, version, count, example])).toEqual(
    expect.arrayContaining([
      ['job', 'build', 1, 1, 'one'],
      ['job', 'build', 2, 1, 'two'],
      ['model', 'house', 1, 1, 'one'],
      ['model', 'home', 3, 1, `${prefix}:store:mine`],
    ]),
  )
  const needed = (word: string) => retirable.find(named(word))?.uses
  expect(needed('upcast houses/make 1')).toBe(1)
  expect(needed('upcast houses/make 2')).toBe(2)
  expect(needed('alias houses/make build')).toBeGreaterThan(0)
  expect(needed('alias houses/make erect')).toBe(0)
  expect(needed('upcast home 1')).toBe(1)
  expect(needed('alias home house')).toBe(1)
  expect(needed('alias home hut')).toBe(0)
})

test.each(['sign', 'encrypt'] as const)('tells keys and models of texts that are sealed (%s)', async (mode) => {
  const prefix = freshPrefix()
  const secrets = Object.fromEntries(['k1', 'k2', 'k3'].map((id) => [id, Buffer.alloc(32, id).toString('base64url')]))
  const keys = (active: string) => ({ keys: { mode, active, secrets } })
  const street = () => Object.assign(new Home(), { street: 'Low' })
  await enqueue(today(prefix, keys('k1')) as never, 'make', street(), { jobId: 'old' })
  const contract = today(prefix, keys('k3'))
  const report = await findUses([contract], { connection: { client: openClient() } })
  expect(report.unread.count).toBe(0)
  expect(report.uses).toContainEqual({
    kind: 'model',
    queue: 'houses',
    name: 'home',
    version: 3,
    count: 1,
    example: 'old',
  })
  expect(report.retirable.find(named('key houses k1'))).toMatchObject({ uses: 1, example: 'old' })
  expect(report.retirable.find(named('key houses k2'))).toMatchObject({ uses: 0 })
  const { k3 = '' } = secrets
  const forgot = today(prefix, { keys: { mode, active: 'k3', secrets: { k3 } } })
  const { unread } = await findUses([forgot], { connection: { client: openClient() } })
  expect(unread.count).toBe(mode === 'encrypt' ? 1 : 0)
})

test('tells what stands beside jobs: results of children that are gone, and what a deduplication keeps for later', async () => {
  const prefix = freshPrefix()
  const contract = today(prefix)
  const street = () => Object.assign(new Home(), { street: 'Low' })
  const flows = createFlowProducer({ connection: redisUrl })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(async () => void (await Promise.all([flows.close(), producer.close()])))
  const [began, ended] = [gate(), gate()]
  const worker = createWorker(contract, {
    ...{ connection: redisUrl, shutdownOnSignals: false, drainDelay: 1 },
    handlers: {
      make: async (given) => {
        if (given === 'holder') began.open()
        if (given === 'holder') await ended.opened
        return street()
      },
    },
  })
  onTestFinished(() => worker.close())
  const child = node(contract, 'make', 'child', { options: { removeOnComplete: true } })
  const deduplication = { id: 'one', keepLastIfActive: true }
  const { job } = await flows.add(node(contract, 'make', 'later', { options: { delay: 100_000 }, children: [child] }))
  await expect.poll(() => job.state()).toBe('delayed')
  const holder = await producer.enqueue('make', 'holder', { deduplication })
  await began.opened
  await producer.enqueue('make', street(), { deduplication, jobId: 'next' })
  const { uses, examined } = await findUses([contract], { connection: { client: openClient() } })
  expect(examined).toBe(2)
  const ofModel = uses.find(({ kind }) => kind === 'model')
  expect(ofModel).toMatchObject({ queue: 'houses', name: 'home', version: 3, count: 2 })
  expect(['next', job.id]).toContain(ofModel?.example)
  ended.open()
  await holder.result()
})
