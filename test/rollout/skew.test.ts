import { logging } from 'brinemq'
import { describe, expect, test } from 'vitest'
import { freshPrefix, openClient } from '../connection.ts'
import { contracts, enqueue, house, ship, tall, work } from './houses.ts'

const rows = [
  { title: 'a job of a newer version', newer: 'newerJob', job: 'build', value: () => 1, code: 'VERSION_NEWER' },
  { title: 'a model of a newer version', newer: 'newerModel', job: 'build', value: house, code: 'VERSION_NEWER' },
  { title: 'a job of an unknown name', newer: 'newJob', job: 'paint', value: () => 1, code: 'JOB_UNKNOWN' },
  { title: 'a job of a newer name', newer: 'newName', job: 'raise', value: () => 1, code: 'JOB_UNKNOWN' },
  { title: 'an unknown tag', newer: 'newTag', job: 'build', value: ship, code: 'TAG_UNKNOWN' },
  { title: 'a field more', newer: 'newField', job: 'build', value: tall, code: 'EXTRA_PROPERTY' },
] as const

test.each(rows)(
  'postpones $title until a newer worker takes it, at no attempt',
  async ({ newer, job, value, code }) => {
    const prefix = freshPrefix()
    const contract = contracts[newer](prefix)
    const fresh = work(contract, { maxStartedAttempts: 1 })
    await fresh.worker.waitUntilReady()
    await fresh.worker.pause()
    const old = work(contracts.before(prefix), { maxStartedAttempts: 1 })
    const handle = await enqueue(contract, job, value(), { attempts: 1, priority: 3 })
    await expect.poll(() => old.record.refused.length, { timeout: 5_000 }).toBeGreaterThan(1)
    expect(await handle.state()).toBe('delayed')
    await fresh.worker.resume()
    await handle.result()
    expect(old.record.refused.every((one) => one.code === code && one.became === 'postponed')).toBe(true)
    expect(old.record.refused.slice(0, 2).map(({ times }) => times)).toEqual([1, 2])
    expect(old.record.runs).toEqual([])
    expect(fresh.record).toEqual({ runs: [{ job, payload: value() }], refused: [] })
    const fields = await openClient().hmget(`${prefix}:houses:${handle.id}`, 'atm', 'ats', 'priority')
    expect(fields).toEqual(['1', '1', '3'])
  },
)

test('postpones what is sealed with a key that only other workers have yet', async () => {
  const prefix = freshPrefix()
  const contract = contracts.newKey(prefix)
  const fresh = work(contract)
  await fresh.worker.waitUntilReady()
  await fresh.worker.pause()
  const old = work(contracts.oldKey(prefix))
  const handle = await enqueue(contract, 'build', 1)
  await expect.poll(() => old.record.refused).toContainEqual({ code: 'KEY_UNKNOWN', became: 'postponed', times: 1 })
  await fresh.worker.resume()
  await handle.result()
})

describe('without any newer contract', () => {
  test.each(rows.filter(({ code }) => code !== 'VERSION_NEWER'))(
    'quarantines $title',
    async ({ newer, job, value, code }) => {
      const prefix = freshPrefix()
      const contract = contracts[newer](prefix)
      const old = work(contracts.before(prefix))
      // One that went, and one that lags behind too.
      const gone = work(contract)
      await gone.worker.waitUntilReady()
      await gone.worker.close()
      await work(contracts.before(prefix)).worker.waitUntilReady()
      const handle = await enqueue(contract, job, value())
      await expect.poll(() => handle.state()).toBe('quarantined')
      expect(old.record.refused.every((one) => one.code === code && one.became === 'quarantined')).toBe(true)
    },
  )

  test('postpones a newer version nevertheless: its producers may be up before its workers', async () => {
    const prefix = freshPrefix()
    const contract = contracts.newerJob(prefix)
    const old = work(contracts.before(prefix))
    const handle = await enqueue(contract, 'build', 1)
    await expect.poll(() => old.record.refused).toContainEqual({ code: 'VERSION_NEWER', became: 'postponed', times: 1 })
    work(contract)
    await handle.result()
  })
})

test('quarantines what no newer worker took in time, as it was, and lets it begin anew after a replay', async () => {
  const prefix = freshPrefix()
  const contract = contracts.newerJob(prefix)
  const old = work(contracts.before(prefix), { skewTimeoutMs: 300 })
  const handle = await enqueue(contract, 'build', 1)
  await expect.poll(() => handle.state(), { timeout: 5_000 }).toBe('quarantined')
  expect(old.record.refused.at(0)).toMatchObject({ became: 'postponed' })
  expect(old.record.refused.at(-1)).toMatchObject({ code: 'VERSION_NEWER', became: 'quarantined' })
  const kept = await openClient().hgetall(`${prefix}:houses-quarantine:${handle.id}`)
  expect(kept['was:brine:postponed']).toBeUndefined()
  expect(kept['was:atm'] ?? '0').toBe('0')
})

test('quarantines in time what somebody says was postponed in the future', async () => {
  const prefix = freshPrefix()
  const handle = await enqueue(contracts.newerJob(prefix), 'build', 1, { delay: 100 })
  const forged = JSON.stringify({ since: Date.now() + 86_400_000, times: 1, attempts: 0 })
  await openClient().hset(`${prefix}:houses:${handle.id}`, 'brine:postponed', forged)
  work(contracts.before(prefix), { skewTimeoutMs: 300 })
  await expect.poll(() => handle.state(), { timeout: 5_000 }).toBe('quarantined')
})

test('begins anew after an attempt, and passes over what somebody else wrote', async () => {
  const prefix = freshPrefix()
  const contract = contracts.newerJob(prefix)
  const handle = await enqueue(contract, 'build', 1, { delay: 100 })
  const long = JSON.stringify({ since: 1, times: 9, attempts: 4 })
  const redis = openClient()
  await redis.hset(`${prefix}:houses:${handle.id}`, 'brine:postponed', long)
  const other = await enqueue(contract, 'build', 1, { delay: 100 })
  await redis.hset(`${prefix}:houses:${other.id}`, 'brine:postponed', '{"since":')
  const old = work(contracts.before(prefix))
  await expect.poll(() => old.record.refused.length).toBeGreaterThan(1)
  expect(old.record.refused.slice(0, 2)).toEqual(
    Array(2).fill({ code: 'VERSION_NEWER', became: 'postponed', times: 1 }),
  )
})

test('a worker whose queue holds many newer jobs does its own meanwhile', async () => {
  const prefix = freshPrefix()
  for (let count = 0; count < 30; count += 1) await enqueue(contracts.newerJob(prefix), 'build', count)
  const own = await enqueue(contracts.before(prefix), 'build', 'own')
  const old = work(contracts.before(prefix))
  await own.result()
  expect(old.record.runs).toEqual([{ job: 'build', payload: 'own' }])
})

test('logging has a line for a job that was postponed, and one when it goes to quarantine', async () => {
  const prefix = freshPrefix()
  const lines: unknown[] = []
  const note = (level: string) => (fields: object, message: string) => lines.push({ level, message, ...fields })
  const { jobs } = logging({ debug: note('debug'), info: note('info'), error: note('error') })
  const handle = await enqueue(contracts.newerJob(prefix), 'build', 1)
  work(contracts.before(prefix), { use: [jobs], skewTimeoutMs: 100 })
  await expect.poll(() => handle.state(), { timeout: 5_000 }).toBe('quarantined')
  const common = { queue: 'houses', job: 'build', id: handle.id, code: 'VERSION_NEWER', path: '$' }
  expect(lines).toMatchObject([
    { level: 'info', message: 'worker connected' },
    { level: 'info', message: 'job postponed', times: 1, forMs: expect.any(Number), ...common },
    { level: 'error', message: 'job quarantined', ...common },
  ])
})

test.each([-1, Number.NaN, '5'])('refuses skewTimeoutMs: %s', (skewTimeoutMs) => {
  expect(() => work(contracts.before(freshPrefix()), { skewTimeoutMs })).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID', path: 'skewTimeoutMs' }),
  )
})
