import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { checkLive } from '../../../src/compatibility/live/check-live.ts'
import { defineQueue } from '../../../src/contract/define-queue.ts'
import { node } from '../../../src/flow/flow-node.ts'
import { createFlowProducer } from '../../../src/producer/flow-producer.ts'
import { createProducer } from '../../../src/producer/producer.ts'
import { createWorker } from '../../../src/worker/worker.ts'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { gate, openWorker, Person, peopleQueue, rejection, untyped } from '../../queue/people.ts'
import { contracts, enqueue } from '../../rollout/houses.ts'

/** All that does not expire by itself; a hash is dumped in whatever order it stands. */
async function dump(prefix: string) {
  const client = openClient()
  const found = new Map<string, unknown>()
  for (const key of (await client.keys(`${prefix}*`)).sort()) {
    if ((await client.pttl(key)) > 0) continue
    const isHash = (await client.type(key)) === 'hash'
    found.set(key, isHash ? await client.hgetall(key) : (await client.dumpBuffer(key))?.toString('base64'))
  }
  return found
}

test('finds the jobs that would fail wherever they are, groups them, and changes nothing', async () => {
  const contract = peopleQueue()
  const prefix = String(contract.prefix)
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const client = openClient()
  const spoil = async (id: string, field = 'data', value = '{"secret":1}') =>
    client.hset(`${prefix}:people:${id}`, field, value)
  const person = () => ({ person: new Person('Ann', 30), at: new Date(0) })
  const failing = await producer.enqueue('anything', 'fails', { jobId: 'failing' })
  const worker = openWorker(contract, () => Promise.reject(new Error('no')))
  await rejection(failing.result())
  await worker.close()
  for (const [jobId, options] of Object.entries({
    soon: {},
    later: { delay: 100_000 },
    first: { priority: 2 },
  })) {
    await producer.enqueue('greet', person(), { jobId, ...options })
    await producer.enqueue('greet', person(), { jobId: `${jobId}-bad`, ...options })
    await spoil(`${jobId}-bad`)
  }
  await producer.enqueue('anything', 1, { jobId: 'renamed' })
  await spoil('renamed', 'name', 'nobody')
  await producer.enqueue('anything', 1, { jobId: 'damaged' })
  await spoil('damaged', 'opts', '{')
  await producer.enqueue('anything', 1, { jobId: 'gone' })
  await client.del(`${prefix}:people:gone`)
  await spoil('failing')
  await untyped(producer.schedules.upsert)('daily', { name: 'greet', payload: person(), repeat: { every: 86_400_000 } })
  await client.hset(`${prefix}:people:repeat:daily`, 'data', '[')

  const before = await dump(prefix)
  const progress: [number, number][] = []
  const report = await checkLive([contract], {
    connection: { client },
    progress: (done, of) => progress.push([done, of]),
  })
  expect(await dump(prefix)).toEqual(before)
  expect(report).toMatchObject({ safe: false, sampled: false, wouldFail: 7 })
  expect(report.queues[0]?.places).toMatchObject({
    delayed: { wouldFail: 1 },
    prioritized: { jobs: 2, examined: 2, wouldFail: 1 },
    waiting: { jobs: 6, examined: 5, wouldFail: 3 },
    failed: { jobs: 1, examined: 1, wouldFail: 1 },
    schedules: { jobs: 1, examined: 1, wouldFail: 1 },
  })
  const groups = report.queues[0]?.groups ?? []
  expect(groups[0]).toMatchObject({ code: 'TEXT_INVALID', path: '$', job: 'greet', count: 4, version: undefined })
  expect(groups[0]?.ids).toEqual(expect.arrayContaining(['soon-bad', 'later-bad', 'first-bad', 'daily']))
  expect(groups.map(({ code, job, ids: [id] }) => [code, job, id])).toEqual(
    expect.arrayContaining([
      ['JOB_UNKNOWN', 'nobody', 'renamed'],
      ['TEXT_INVALID', 'anything', 'failing'],
    ]),
  )
  expect(JSON.stringify(report)).not.toContain('secret')
  expect(progress.at(-1)?.[0]).toBe(progress.at(-1)?.[1])
})

test('finds what a deduplication keeps for later, and parents of children whose results are not read', async () => {
  const prefix = freshPrefix()
  const jobs = (result: z.ZodType) => ({ build: { payload: z.unknown(), result }, raise: { payload: z.unknown() } })
  const before = defineQueue('houses', { prefix, jobs: jobs(z.string()) })
  const after = defineQueue('houses', { prefix, jobs: jobs(z.number()) })
  const flows = createFlowProducer({ connection: redisUrl })
  const producer = createProducer(before, { connection: redisUrl })
  onTestFinished(async () => void (await Promise.all([flows.close(), producer.close()])))
  const child = node(before, 'build', 1, { options: { jobId: 'child' } })
  const waiting = node(before, 'build', 2, { options: { delay: 100_000 } })
  await flows.add(node(before, 'raise', 1, { options: { jobId: 'parent' }, children: [child, waiting] }))
  const [began, ended] = [gate(), gate()]
  const worker = createWorker(before, {
    ...{ connection: redisUrl, concurrency: 2, shutdownOnSignals: false, drainDelay: 1 },
    handlers: {
      build: () => 'done',
      raise: async () => {
        began.open()
        await ended.opened
      },
    },
  })
  onTestFinished(() => worker.close())
  const deduplication = { id: 'one', keepLastIfActive: true }
  const first = await producer.enqueue('raise', 1, { deduplication })
  await began.opened
  await producer.enqueue('raise', 2, { deduplication, jobId: 'next' })
  await producer.job('build', 'child').result()
  const client = openClient()
  const { queues } = await checkLive([before], { connection: { client } })
  expect(queues[0]?.places).toMatchObject({ deduplicated: { wouldFail: 0 }, 'waiting-children': { wouldFail: 0 } })
  await client.hset(`${prefix}:houses:dn:one`, 'data', '{"secret":1}')

  // The marker comes and goes with the worker, which looks for what is due.
  const dumpQuiet = async () => {
    const dumped = await dump(prefix)
    dumped.delete(`${prefix}:houses:marker`)
    return dumped
  }
  const dumped = await dumpQuiet()
  const report = await checkLive([after], { connection: { client } })
  expect(await dumpQuiet()).toEqual(dumped)
  expect(report.queues[0]?.places).toMatchObject({
    active: { examined: 1, wouldFail: 0 },
    deduplicated: { jobs: 1, examined: 1, wouldFail: 1 },
    delayed: { wouldFail: 0 },
    'waiting-children': { examined: 1, wouldFail: 1 },
  })
  expect(report.queues[0]?.groups.map(({ code, job, ids }) => [code, job, ids])).toEqual(
    expect.arrayContaining([
      ['TEXT_INVALID', 'raise', ['next']],
      ['RESULT_INVALID', 'raise', ['parent']],
    ]),
  )
  ended.open()
  await first.result()
})

test.each([
  ['newerJob', 'before', 'VERSION_NEWER'],
  ['before', 'newerJob', undefined],
  ['before', 'newName', undefined],
  ['newName', 'before', 'JOB_UNKNOWN'],
] as const)('jobs of the contract %s under the build %s: %s', async (stored, build, code) => {
  const prefix = freshPrefix()
  await enqueue(contracts[stored](prefix), stored === 'newName' ? 'raise' : 'build', 1)
  const report = await checkLive([contracts[build](prefix)], { connection: { client: openClient() } })
  expect(report).toMatchObject({ examined: 1, safe: code === undefined })
  expect(report.queues[0]?.groups.map((group) => group.code)).toEqual(code === undefined ? [] : [code])
})

test('draws a sample from all over the queue', async () => {
  const prefix = freshPrefix()
  const contract = contracts.before(prefix)
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  await untyped(producer.enqueueBulk)(
    Array.from({ length: 1_500 }, (_, at) => ({
      name: 'build',
      payload: at,
      options: at < 500 ? { priority: 1 } : {},
    })),
  )
  const client = openClient()
  const all = await checkLive([contract], { connection: { client } })
  expect(all).toMatchObject({ safe: true, examined: 1_500, sampled: false })
  const some = await checkLive([contract], { connection: { client }, sample: 300 })
  expect(some).toMatchObject({ safe: true, examined: 300, sampled: true })
  expect(some.queues[0]?.places).toMatchObject({ waiting: { examined: 200 }, prioritized: { examined: 100 } })
})
