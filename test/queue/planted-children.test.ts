import { node } from 'brinemq'
import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { never, openFamily } from './cancel-family.ts'

type Redis = ReturnType<typeof openClient>

/** What whoever may write to Redis plants among the children of a job. */
const plants: Readonly<Record<string, (redis: Redis, parent: string, prefix: string) => Promise<unknown>>> = {
  'a word among those that wait': (redis, parent) => redis.sadd(`${parent}:dependencies`, 'x'),
  'nothing among those that wait': (redis, parent) => redis.sadd(`${parent}:dependencies`, ''),
  'bytes among those that wait': (redis, parent) => redis.sadd(`${parent}:dependencies`, Buffer.from([255, 58, 254])),
  'a long word among those that wait': (redis, parent) => redis.sadd(`${parent}:dependencies`, 'x'.repeat(1e6)),
  'a word among those that completed': (redis, parent) => redis.hset(`${parent}:processed`, 'x', 1),
  'a word among those that failed': (redis, parent) => redis.hset(`${parent}:failed`, 'x', 1),
  'a word among the unsuccessful': (redis, parent) => redis.zadd(`${parent}:unsuccessful`, 1, 'x'),
  'a list for those that completed': (redis, parent) => redis.rpush(`${parent}:processed`, 'x'),
  'a text for those that failed': (redis, parent) => redis.set(`${parent}:failed`, 'x'),
  'a text for the unsuccessful': (redis, parent) => redis.set(`${parent}:unsuccessful`, 'x'),
  'a child that is a list': async (redis, parent, prefix) => {
    await redis.rpush(`${prefix}:people:list`, 'x')
    await redis.sadd(`${parent}:dependencies`, `${prefix}:people:list`)
  },
  'a child whose queue has other types': async (redis, parent, prefix) => {
    await redis.hset(`${prefix}:odd:one`, { name: 'anything', parentKey: parent, data: '1' })
    await redis.sadd(`${parent}:dependencies`, `${prefix}:odd:one`)
    for (const key of ['completed', 'failed', 'one:dependencies', 'one:processed'])
      await redis.set(`${prefix}:odd:${key}`, 1)
  },
  'the job itself': (redis, parent) => redis.sadd(`${parent}:dependencies`, parent),
  'a circle': async (redis, parent, prefix) => {
    const other = `${prefix}:people:other`
    await redis.hset(other, { name: 'anything', parentKey: parent, data: '1' })
    await redis.sadd(`${parent}:dependencies`, other)
    await redis.sadd(`${other}:dependencies`, parent)
  },
  'a ladder of 40 rungs': async (redis, parent, prefix) => {
    const at = (rung: number, side: number) => (rung === 0 ? parent : `${prefix}:people:rung-${rung}-${side}`)
    for (let rung = 0; rung < 40; rung++) {
      for (const side of rung === 0 ? [0] : [0, 1]) {
        if (rung > 0) await redis.hset(at(rung, side), { name: 'anything', parentKey: at(rung - 1, 0), data: '1' })
        await redis.sadd(`${at(rung, side)}:dependencies`, at(rung + 1, 0), at(rung + 1, 1))
      }
    }
  },
}

async function open(plant: (typeof plants)[string]) {
  const { parents, flows, child } = openFamily()
  const redis = openClient()
  const { job, children } = await flows.add(
    node(parents, 'anything', 'top', { children: [child('one', never), child('two', never)] }),
  )
  await plant(redis, `${parents.prefix}:people:${job.id}`, String(parents.prefix))
  return { job, children: children.map((one) => one.job) }
}

test.each(Object.entries(plants))('a job is cancelled, and its children with it, beside %s', async (_, plant) => {
  const { job, children } = await open(plant)
  const { state, stopping } = await job.cancel('enough')
  expect(state).toMatch(/removed|requested/)
  expect(stopping).toEqual([])
  for (const one of children) expect(await one?.state()).toBe('missing')
})

test.each(Object.entries(plants))('a job is removed, and its children with it, beside %s', async (_, plant) => {
  const { job, children } = await open(plant)
  await job.remove()
  expect(await job.state()).toBe('missing')
  for (const one of children) expect(await one?.state()).toBe('missing')
})
