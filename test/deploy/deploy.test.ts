import { expect, test } from 'vitest'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { startProgram } from '../program.ts'
import type { BuildName } from './builds.ts'

test('version 2 rolls in and version 1 out under load, and back again: nothing is lost, nothing fails, no attempt is spent', async () => {
  const prefix = freshPrefix()
  const redis = openClient()
  const start = (role: 'producer' | 'worker', name: BuildName) => {
    const env = { REDIS_URL: redisUrl, PREFIX: prefix, ROLE: role, BUILD: name }
    const program = startProgram('test/deploy/process.ts', [], { env })
    return {
      loaded: program.said('loaded'),
      async begin() {
        await program.said('loaded')
        program.child.kill('SIGUSR2')
        await program.said('begun')
      },
      async end() {
        program.child.kill('SIGTERM')
        expect(await program.ended, program.err).toBe(0)
      },
    }
  }
  const done = () => redis.zcard(`${prefix}:town:completed`)
  const more = async (count: number) => {
    const goal = (await done()) + count
    await expect.poll(done, { timeout: 20_000, interval: 20 }).toBeGreaterThan(goal)
  }
  const unfinished = async (name: BuildName) => {
    const ids = await redis.smembers(`${prefix}:enqueued:${name}`)
    const scores = ids.length === 0 ? [] : await redis.zmscore(`${prefix}:town:completed`, ...ids)
    return scores.filter((score) => score === null).length
  }
  const all = {
    old: { producer: start('producer', 'v1'), worker: start('worker', 'v1') },
    fresh: { producer: start('producer', 'v2'), worker: start('worker', 'v2') },
    back: { producer: start('producer', 'v1'), worker: start('worker', 'v1') },
  }
  await Promise.all(Object.values(all).flatMap(({ producer, worker }) => [producer.loaded, worker.loaded]))

  await Promise.all([all.old.producer.begin(), all.old.worker.begin()])
  await more(20)
  // Out it goes: workers first, then producers, and all four run side by side for a while.
  await all.fresh.worker.begin()
  await all.fresh.producer.begin()
  await more(100)
  await all.old.producer.end()
  await all.old.worker.end()
  await more(50)
  // And back again: the newer workers leave when the newer jobs are done. While both kinds are busy, either may take one that is
  // due, and each time that it is the older, the next is up to 15 s later: half a minute is nothing rare.
  await Promise.all([all.back.worker.begin(), all.back.producer.begin()])
  await more(100)
  await all.fresh.producer.end()
  await expect.poll(() => unfinished('v2'), { timeout: 240_000 }).toBe(0)
  await all.fresh.worker.end()
  await more(20)
  await all.back.producer.end()
  await expect.poll(() => unfinished('v1'), { timeout: 240_000 }).toBe(0)
  await all.back.worker.end()

  const ids = (await Promise.all(['v1', 'v2'].map((name) => redis.smembers(`${prefix}:enqueued:${name}`)))).flat()
  expect(await done()).toBe(ids.length)
  expect(await redis.zcard(`${prefix}:town:failed`)).toBe(0)
  expect(await redis.exists(`${prefix}:town-quarantine:failed`)).toBe(0)
  const fields = await Promise.all(
    ids.map((id) => redis.hmget(`${prefix}:town:${id}`, 'atm', 'ats', 'brine:postponed')),
  )
  expect(new Set(fields.map(([made, started]) => `${made} ${started}`))).toEqual(new Set(['1 1']))
  expect(new Set(await redis.hvals(`${prefix}:runs`))).toEqual(new Set(['1']))
  expect(await redis.hlen(`${prefix}:runs`)).toBe(ids.length)
  // It was put to the test.
  expect(fields.filter(([, , postponed]) => postponed !== null).length).toBeGreaterThan(0)
}, 600_000)
