// What a stranger writes into the lists of a job's children, and beside them, when the job is cancelled or removed.
import { createFlowProducer, node } from 'brinemq'
import { startEmbedded } from 'brinemq/embedded'
import type { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { openClient, redisUrl } from '../connection.ts'
import { openFamily, states } from './cancel-family.ts'
import { openProducer, openWorker, peopleQueue, rejection } from './people.ts'

/** A parent with a child, of which no worker knows, and the keys of their queue. */
async function openFlow(url = redisUrl) {
  const contract = peopleQueue()
  const redis = openClient(url)
  const at = (key: string) => `${contract.prefix}:people:${key}`
  const producer = openProducer(contract, { connection: url })
  const flows = createFlowProducer({ connection: url })
  onTestFinished(() => flows.close())
  const children = [node(contract, 'anything', 'child')]
  const { job: parent, children: below } = await flows.add(node(contract, 'anything', 'parent', { children }))
  const jobs = [parent, ...below.map(({ job }) => job)]
  return { contract, redis, at, producer, parent, child: String(below[0]?.job.id), jobs }
}

type Flow = Awaited<ReturnType<typeof openFlow>>

const lists: readonly [name: string, add: (redis: Redis, key: string, member: string | Buffer) => Promise<unknown>][] =
  [
    ['dependencies', (redis, key, member) => redis.sadd(key, member)],
    ['processed', (redis, key, member) => redis.hset(key, new Map([[member, 'x']]))],
    ['failed', (redis, key, member) => redis.hset(key, new Map([[member, 'x']]))],
    ['unsuccessful', (redis, key, member) => redis.zadd(key, 1, member)],
  ]
const members: readonly [title: string, member: string | Buffer, shown: string][] = [
  ['a text without a colon', 'x', 'x'],
  ['a text with one colon', 'x:y', 'x:y'],
  ['an empty text', '', ''],
  ['bytes that are no UTF-8', Buffer.from([0xff, 0x3a, 0x61, 0x3a, 0xfe]), '\ufffd:a:\ufffd'],
  ['a text that ends with a colon', 'a:b:', 'a:b:'],
  ['a text of 5 MB', `a:b:${'c'.repeat(5_000_000)}`, `a:b:${'c'.repeat(96)}`],
]
const junk = lists.flatMap(([list, add]) =>
  members.map(([title, member, shown]) => ({ list, add, title, member, shown })),
)

test.each(junk)(
  'cancels a parent past $title among its children in :$list, and lists it',
  async ({ list, add, member, shown }) => {
    const { redis, at, parent, jobs } = await openFlow()
    await add(redis, at(`${parent.id}:${list}`), member)
    const entry = { prefix: '', queue: '', name: undefined, id: expect.stringContaining(shown), reason: 'unreachable' }
    const { state, stopping, notStopped } = await parent.cancel('enough')
    expect({ state, stopping, notStopped }).toEqual({ state: 'removed', stopping: [], notStopped: [entry] })
    expect(notStopped[0]?.id.length).toBeLessThan(200)
    expect(await states(jobs)).toEqual(['missing', 'missing'])
  },
)

test.each(junk)('removes a parent past $title among its children in :$list', async ({ list, add, member }) => {
  const { redis, at, parent, jobs } = await openFlow()
  await add(redis, at(`${parent.id}:${list}`), member)
  await parent.remove()
  expect(await states(jobs)).toEqual(['missing', 'missing'])
})

const kinds: readonly [title: string, plant: (flow: Flow) => Promise<unknown>][] = [
  ...lists.map(([list]): [string, (flow: Flow) => Promise<unknown>] => [
    `a text in place of the list :${list} of its child`,
    ({ redis, at, child }) => redis.set(at(`${child}:${list}`), 'x'),
  ]),
  ['a list in place of the lock of its child', ({ redis, at, child }) => redis.rpush(at(`${child}:lock`), 'x')],
  ['a text in place of the completed jobs', ({ redis, at }) => redis.set(at('completed'), 'x')],
  ['a text in place of the failed jobs', ({ redis, at }) => redis.set(at('failed'), 'x')],
  ['a text in place of the prioritized jobs', ({ redis, at }) => redis.set(at('prioritized'), 'x')],
  [
    'a text in place of the events',
    ({ redis, at }) => redis.del(at('events')).then(() => redis.set(at('events'), 'x')),
  ],
  [
    'a list in place of another child',
    async ({ redis, at, parent }) => {
      await redis.rpush(at('listed'), 'x')
      await redis.sadd(at(`${parent.id}:dependencies`), at('listed'))
    },
  ],
  [
    'a key of the queue among its children',
    ({ redis, at, parent }) => redis.sadd(at(`${parent.id}:dependencies`), at('wait'), at('meta')),
  ],
]

test.each(kinds)('cancels and removes a parent beside %s', async (_, plant) => {
  for (const end of ['cancel', 'remove'] as const) {
    const flow = await openFlow()
    await plant(flow)
    await flow.parent[end]()
    expect(await flow.redis.exists(flow.at(flow.parent.id), flow.at(flow.child))).toBe(0)
  }
})

test('stops a running child past junk beside it', async () => {
  const { parents, flows, child, started, aborted } = openFamily()
  const redis = openClient()
  const { job, children } = await flows.add(
    node(parents, 'anything', 'top', { children: [child('runs'), child('other')] }),
  )
  await Promise.all([started('runs'), started('other')])
  const key = `${parents.prefix}:people:${job.id}`
  await redis.sadd(`${key}:dependencies`, 'x', `${key}:dependencies`)
  const { state, stopping } = await job.cancel('enough')
  expect(state).toBe('removed')
  expect(stopping.map(({ id }) => id).toSorted()).toEqual(children.map((one) => one.job.id).toSorted())
  await expect.poll(() => aborted.toSorted()).toEqual(['other', 'runs'])
})

test('leaves what names another parent than the one that lists it', async () => {
  const { contract, redis, at, parent, producer } = await openFlow()
  const alone = await producer.enqueue('anything', 'alone')
  const mine = `${contract.prefix}:things:mine`
  await redis.hset(mine, 'a', 'b')
  await redis.sadd(at(`${parent.id}:dependencies`), at(alone.id), mine)
  await redis.hset(at(`${parent.id}:processed`), { [at(alone.id)]: '1', [mine]: '1' })
  await parent.remove()
  expect(await states([parent, alone])).toEqual(['missing', 'waiting'])
  expect(await redis.hgetall(mine)).toEqual({ a: 'b' })
})

/** A job as a stranger writes it, below a parent. */
const forge = (redis: Redis, key: string, parentKey: string) =>
  redis.hset(key, { name: 'anything', data: '{}', opts: '{}', timestamp: '1', parentKey })

test.each(['cancel', 'remove'] as const)('a parent whose children list it as their child ends by %s', async (end) => {
  const { redis, at, parent, child } = await openFlow()
  await forge(redis, at(parent.id), at(child))
  for (const [list, add] of lists) {
    await add(redis, at(`${child}:${list}`), at(parent.id))
    await add(redis, at(`${parent.id}:${list}`), at(parent.id))
  }
  await parent[end]()
  expect(await redis.keys(at(`${parent.id}*`))).toEqual([])
})

const layers = 16

test.each(['cancel', 'remove'] as const)('looks once at each job of a flow with 2^16 paths: %s', async (end) => {
  const { url } = await startEmbedded()
  const { redis, at, parent } = await openFlow(url)
  const pair = (layer: number) => (layer === 0 ? [at(parent.id)] : ['a', 'b'].map((side) => at(`${layer}${side}`)))
  for (let layer = 0; layer < layers; layer++) {
    for (const above of pair(layer)) {
      await redis.sadd(`${above}:dependencies`, ...pair(layer + 1))
      await redis.hset(`${above}:processed`, Object.fromEntries(pair(layer + 1).map((key) => [key, '1'])))
    }
  }
  await redis.config('RESETSTAT')
  await parent[end]()
  const stats = await redis.info('commandstats')
  const calls = [...stats.matchAll(/calls=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
  expect(calls).toBeLessThan(5_000)
  expect(await redis.exists(at(parent.id))).toBe(0)
})

test.each(['cancel', 'remove'] as const)(
  'refuses more levels and more children than one step may look at: %s',
  async (end) => {
    const deep = await openFlow()
    const chain = deep.redis.pipeline()
    for (let level = 0; level < 1_100; level++) {
      const [above, below] = [level === 0 ? deep.parent.id : `level-${level}`, `level-${level + 1}`].map(deep.at)
      chain.sadd(`${above}:dependencies`, below ?? '').hset(below ?? '', { name: 'anything', parentKey: above ?? '' })
    }
    await chain.exec()
    const wide = await openFlow()
    for (let from = 0; from < 11; from++) {
      const some = Array.from({ length: 10_000 }, (_, at) => wide.at(`${from * 10_000 + at}`))
      await wide.redis.sadd(wide.at(`${wide.parent.id}:dependencies`), ...some)
    }
    for (const { parent, redis, at } of [deep, wide]) {
      expect(await rejection(parent[end]())).toMatchObject({ code: 'LIMIT_EXCEEDED', job: 'anything' })
      expect(await redis.hget(at(parent.id), 'name')).toBe('anything')
      await redis.unlink(at(`${parent.id}:dependencies`))
    }
  },
)

test('a cancel that finds too many children has marked the job, which fails when a worker takes it', async () => {
  const { contract, redis, at, parent } = await openFlow()
  const some = Array.from({ length: 100_001 }, (_, index) => `x:y:${index}`)
  for (let from = 0; from < some.length; from += 10_000) {
    await redis.sadd(at(`${parent.id}:dependencies`), ...some.slice(from, from + 10_000))
  }
  expect(await rejection(parent.cancel('enough'))).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  await redis.unlink(at(`${parent.id}:dependencies`))
  openWorker(contract, () => 'ran')
  await redis.zrem(at('waiting-children'), parent.id)
  await redis.rpush(at('wait'), parent.id)
  expect(await rejection(parent.result())).toMatchObject({ code: 'JOB_CANCELLED' })
})
