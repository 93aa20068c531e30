import { createProducer, createWorker, openJob, type Repeat, sandboxed } from 'brinemq'
import { createInline } from 'brinemq/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { quiet, rejection } from '../people.ts'
import { type Declared, hourly, hourMs, type Mode, release, yearly } from './rents.ts'
import { vault } from './vault.ts'

describe.each<Mode>(['sign', 'encrypt'])('in mode %s, whatever runs a schedule has are worked on:', (mode) => {
  const repeats: Record<string, Repeat> = {
    every: { every: 40 },
    'every, with an offset': { every: 40, offset: 7 },
    'every, from a date on': { every: 40, startDate: Date.now() - 1_000 },
    'every, from a date on with an offset': { every: 40, startDate: Date.now() - 1_000, offset: 7 },
    'by a pattern, at once': { pattern: '* * * * * *', immediately: true },
    'by a pattern, until a date': { pattern: '* * * * * *', endDate: Date.now() + 600_000, tz: 'Europe/Berlin' },
  }

  test.each(Object.entries(repeats))('%s', async (_, repeat) => {
    const { schedules, producer, work } = release(mode, freshPrefix())
    const upsert = (to: string, more = {}) =>
      schedules.upsert('rent', { name: 'pay', payload: { to }, repeat: { ...repeat, ...more } as Repeat })
    const { nextRun } = await upsert('a')
    const { paid, worker } = work()
    await nextRun.result()
    // Each time it is changed, beside a worker that takes its runs.
    for (const [to, more] of [
      ['b', {}],
      ['c', {}],
      ['d', repeat.every ? { every: 90 } : {}],
    ] as const) {
      const changed = await upsert(to, more)
      await changed.nextRun.result()
    }
    await worker.pause()
    expect(await producer.quarantine.count()).toBe(0)
    expect([...new Set(paid)]).toEqual(['a', 'b', 'c', 'd'])
    await worker.close()
    // Workers were away, and the run that waits is late.
    const late = await upsert('e')
    work()
    await late.nextRun.result()
    await (await schedules.get('rent'))?.nextRun?.result()
    expect(await producer.quarantine.count()).toBe(0)
  })
})

test.each<Mode>(['sign', 'encrypt'])('in mode %s, keeps what did not change, and its next run', async (mode) => {
  const prefix = freshPrefix()
  const declared: Declared = {
    every: { to: 'a', repeat: hourly },
    far: { to: 'a', repeat: { every: 60_000, startDate: Date.UTC(2190, 0, 1), limit: 3, offset: 5 } },
    pattern: { to: 'a', repeat: { pattern: '0 3 * * 1-5', tz: 'Europe/Berlin', endDate: new Date('2190-01-01') } },
    once: { to: 'a', repeat: { ...yearly, immediately: true } as Repeat },
  }
  const releases = Array.from({ length: 4 }, () => release(mode, prefix, declared))
  const done = await Promise.all(releases.map(({ schedules }) => schedules.reconcile()))
  expect(done.flatMap(({ added }) => added).sort()).toEqual(Object.keys(declared).sort())
  expect(done.flatMap(({ changed, removed }) => [...changed, ...removed])).toEqual([])
  const [first] = releases
  const before = await first?.schedules.list()
  expect(before?.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined])
  const again = release(mode, prefix, declared)
  expect(await again.schedules.reconcile()).toEqual({ added: [], changed: [], removed: [] })
  expect((await again.schedules.list()).map(({ next }) => next)).toEqual(before?.map(({ next }) => next))
})

test('a run of a schedule that a newer contract declares waits for its workers', async () => {
  const prefix = freshPrefix()
  const newer = release('sign', prefix, { rent: { to: 'landlord', repeat: { every: hourMs } } })
  const fresh = newer.work()
  await fresh.worker.waitUntilReady()
  await fresh.worker.pause()
  const older = release('sign', prefix)
  const old = older.work({ reconcileSchedules: false })
  const postponed = () => openClient().zcard(`${prefix}:rents:delayed`)
  await expect.poll(async () => (await newer.schedules.get('rent'))?.iterationCount).toBe(2)
  await expect.poll(postponed).toBe(2)
  await fresh.worker.resume()
  await expect.poll(() => fresh.paid, { timeout: 10_000 }).toEqual(['landlord'])
  expect(old.paid).toEqual([])
  expect(await newer.producer.quarantine.count()).toBe(0)
})

test('a sandboxed handler gets no run that is not due', async () => {
  const prefix = freshPrefix()
  const redis = openClient()
  const producer = createProducer(vault, { connection: redisUrl, prefix })
  const handler = sandboxed(new URL('./open-vault.ts', import.meta.url), { in: 'thread' })
  const { next, nextRun } = await producer.schedules.upsert('daily', {
    ...{ name: 'open', payload: { what: 'gold' }, repeat: hourly },
  })
  const [data, opts] = await redis.hmget(`${prefix}:vault:${nextRun.id}`, 'data', 'opts')
  const id = `repeat:daily:${next.getTime() + 1}`
  const fields = { name: 'open', data: String(data), opts: String(opts), timestamp: '1', delay: '0', priority: '0' }
  await redis.hset(`${prefix}:vault:${id}`, { ...fields, rjk: 'daily' })
  await redis.lpush(`${prefix}:vault:wait`, id)
  const worker = createWorker(vault, { ...quiet, prefix, handlers: { open: handler, collect: () => [] } })
  onTestFinished(async () => {
    await Promise.all([producer.close(), worker.close()])
  })
  expect(await nextRun.result()).toEqual({ found: 'gold' })
  expect(await rejection(producer.job('open', id).result())).toMatchObject({ cause: { code: 'SEAL_INVALID' } })
})

test('runs in memory are worked on where there are keys, too', async () => {
  const { contract } = release('encrypt', freshPrefix(), { rent: { to: 'landlord', repeat: hourly } })
  const paid: string[] = []
  const inline = createInline(contract, { handlers: { pay: ({ to }) => String(paid.push(to)) } })
  await inline.schedules.reconcile()
  await inline.schedules.upsert('party', {
    ...{ name: 'pay', payload: { to: 'baker' }, repeat: { pattern: '30 * * * *', immediately: true } as Repeat },
  })
  await inline.clock.advance(2 * hourMs)
  expect(paid.sort()).toEqual(['baker', 'baker', 'baker', 'landlord', 'landlord', 'landlord'])
  expect(await inline.schedules.reconcile()).toEqual({ added: [], changed: [], removed: [] })
  await inline.close()
})

test('a processor of bare BullMQ is refused runs that are not due', async () => {
  const prefix = freshPrefix()
  const { contract, schedules } = release('sign', prefix)
  const { next, nextRun } = await schedules.upsert('rent', { name: 'pay', payload: { to: 'a' }, repeat: hourly })
  const [data, opts] = await openClient().hmget(`${prefix}:rents:${nextRun.id}`, 'data', 'opts')
  const slot = next.getTime()
  const open = (id: string, options: object | undefined = JSON.parse(String(opts))) =>
    openJob(contract, { name: 'pay', data: JSON.parse(String(data)), id, ...(options && { opts: options }) })
  expect(await open(`repeat:rent:${slot}`)).toMatchObject({ payload: { to: 'a' } })
  const refused = { code: 'SEAL_INVALID', path: 'repeat' }
  expect(await rejection(open(`repeat:rent:${slot + 1}`))).toMatchObject(refused)
  expect(await rejection(open(`repeat:rent:${slot + 9 * hourMs}`))).toMatchObject(refused)
  expect(await rejection(open(`repeat:rent:${slot}`, {}))).toMatchObject(refused)
})

test('times that no seal can hold are refused where they are given', async () => {
  const { contract, schedules } = release('sign', freshPrefix())
  const random = { name: 'pay', payload: { to: 'a' }, repeat: { pattern: 'H * * * *' } } as const
  expect(await rejection(schedules.upsert('rent', random))).toMatchObject({
    ...{ code: 'OPTIONS_INVALID', path: 'repeat.pattern' },
  })
  const settings = { repeatStrategy: () => 1 }
  const handlers = { pay: () => '' }
  expect(() => createWorker(contract, { ...quiet, settings, handlers })).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID', path: 'settings.repeatStrategy' }),
  )
})
