import type { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { defineQueue } from '../../../src/contract/define-queue.ts'
import type { Repeat } from '../../../src/contract/repeat.ts'
import { isolated } from '../../../src/queue/isolate/isolated.ts'
import { openJob } from '../../../src/queue/open-job.ts'
import { createProducer } from '../../../src/queue/producer/producer.ts'
import { createWorker } from '../../../src/queue/worker/worker.ts'
import { createInline } from '../../../src/testing/create-inline.ts'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { quiet, rejection } from '../people.ts'
import { keysOf } from './sealed-queue.ts'
import { vault } from './vault.ts'

type Mode = 'sign' | 'encrypt'
type Declared = Record<string, { to: string; repeat: Repeat }>

const hourMs = 3_600_000
const hourly: Repeat = { every: hourMs }
const yearly: Repeat = { pattern: '0 0 1 1 *' }

/** A release of an app: its contract, and a producer of it. */
function release(mode: Mode, prefix: string, declared: Declared = {}) {
  const schedules = Object.fromEntries(
    Object.entries(declared).map(([id, { to, repeat }]) => [id, { job: 'pay' as const, payload: { to }, repeat }]),
  )
  const payload = z.object({ to: z.string() })
  const contract = defineQueue('rents', {
    ...{ prefix, schedules, keys: keysOf(mode) },
    jobs: { pay: { payload, result: z.string() } },
  })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const work = (options: { skewTimeoutMs?: number; reconcileSchedules?: boolean } = {}) => {
    const paid: string[] = []
    const worker = createWorker(contract, {
      ...{ ...quiet, ...options },
      handlers: { pay: ({ to }) => String(paid.push(to)) },
    })
    onTestFinished(() => worker.close())
    return { worker, paid }
  }
  return { contract, producer, schedules: producer.schedules, work }
}

/** What somebody can do who has the rights of redis-cli, and no key. */
function attack(redis: Redis, prefix: string) {
  const at = (id: string) => `${prefix}:rents:${id}`
  const template = async (id: string) => redis.hgetall(at(`repeat:${id}`))
  return {
    at,
    template,
    /** Adds a run as BullMQ's scripts do, at any slot. */
    async run(id: string, slot: number, { data = '', ...repeat }: Record<string, string>) {
      const times = Object.fromEntries(
        Object.entries(repeat).filter(([name]) => ['pattern', 'every', 'startDate', 'endDate'].includes(name)),
      )
      const numbers = Object.entries(times).map(([name, text]) => [name, name === 'pattern' ? text : Number(text)])
      const opts = JSON.stringify({ repeat: Object.fromEntries(numbers) })
      const run = `repeat:${id}:${slot}`
      await redis.hset(at(run), { name: 'pay', data, opts, timestamp: '1', delay: '0', priority: '0', rjk: id })
      await redis.lpush(at('wait'), run)
      return run
    },
  }
}

describe.each<Mode>(['sign', 'encrypt'])('with redis-cli and no key, in mode %s,', (mode) => {
  test('no run is made for a slot that a schedule does not have, or that is not due', async () => {
    const prefix = freshPrefix()
    const redis = openClient()
    const { run, template } = attack(redis, prefix)
    const { schedules, producer, work } = release(mode, prefix)
    const { next } = await schedules.upsert('rent', {
      ...{ name: 'pay', payload: { to: 'landlord' } },
      repeat: { every: hourMs, startDate: Date.now() + 10 * hourMs },
    })
    await schedules.upsert('party', { name: 'pay', payload: { to: 'baker' }, repeat: yearly })
    const [rent, party] = [await template('rent'), await template('party')]
    const first = next.getTime()
    const slots = {
      'between two': [await run('rent', first + 1, rent), 'quarantined'],
      'before the first': [await run('rent', first - hourMs, rent), 'quarantined'],
      'long ago': [await run('rent', first - 24 * 365 * hourMs, rent), 'quarantined'],
      'the one after the next': [await run('rent', first + 11 * hourMs, rent), 'delayed'],
      'no second of its pattern': [await run('party', Date.UTC(2031, 0, 1, 0, 0, 1), party), 'quarantined'],
      'a year that has passed': [await run('party', new Date(2020, 0, 1).getTime(), party), 'quarantined'],
      'no number at all': [await run('party', 2 ** 60, party), 'quarantined'],
      'with times that are not its own': [
        await run('rent', first + 60_000, { ...rent, every: '60000' }),
        'quarantined',
      ],
      'without times': [await run('rent', first + hourMs, { data: String(rent['data']) }), 'quarantined'],
    } as const
    const { worker, paid } = work()
    await worker.drain()
    const seen: Record<string, unknown> = {}
    for (const [what, [id]] of Object.entries(slots)) seen[what] = await producer.job('pay', id).state()
    expect(seen).toEqual(Object.fromEntries(Object.entries(slots).map(([what, [, state]]) => [what, state])))
    expect(paid).toEqual([])
    const refused = []
    for await (const { code, path } of producer.quarantine.list({})) refused.push(`${code} ${path}`)
    expect(new Set(refused)).toEqual(new Set(['SEAL_INVALID repeat']))
  })

  test('an old template that is put back gives no run more', async () => {
    const prefix = freshPrefix()
    const redis = openClient()
    const { at, run, template } = attack(redis, prefix)
    const { schedules, producer, work } = release(mode, prefix)
    const upsert = (to: string) => schedules.upsert('rent', { name: 'pay', payload: { to }, repeat: hourly })
    const { next } = await upsert('mallory')
    const old = await template('rent')
    const { paid } = work()
    expect(await producer.job('pay', `repeat:rent:${next.getTime()}`).result()).toBe('1')
    const { nextRun } = await upsert('landlord')
    await nextRun.promote()
    expect(await nextRun.result()).toBe('2')
    await redis.hset(at('repeat:rent'), old)
    const put = producer.job('pay', await run('rent', next.getTime() + 2 * hourMs, old))
    expect(await rejection(put.result())).toMatchObject({ code: 'JOB_QUARANTINED', cause: { code: 'SEAL_INVALID' } })
    expect(paid).toEqual(['mallory', 'landlord'])
  })

  test('a schedule that the contract declared once gives no run when it is put back', async () => {
    const prefix = freshPrefix()
    const redis = openClient()
    const { at, run, template } = attack(redis, prefix)
    const before = release(mode, prefix, { rent: { to: 'mallory', repeat: hourly } })
    await before.schedules.reconcile()
    const [{ next } = { next: new Date() }] = await before.schedules.list()
    const old = await template('rent')
    const after = release(mode, prefix)
    expect(await after.schedules.reconcile()).toEqual({ added: [], changed: [], removed: ['rent'] })
    // BullMQ leaves the id of a run that waits in its list, and a worker would find no job under it.
    await redis.del(at('wait'))
    const { paid } = after.work({ reconcileSchedules: false })
    expect(await redis.exists(at('repeat:rent'))).toBe(0)
    const put = after.producer.job('pay', await run('rent', next.getTime(), old))
    expect(await rejection(put.result())).toMatchObject({
      code: 'JOB_QUARANTINED',
      cause: { code: 'SCHEDULE_UNKNOWN' },
    })
    // With the unsealed mark or without it.
    await redis.hset(at('repeat:rent'), { ...old, opts: '{}' })
    await redis.zadd(at('repeat'), next.getTime(), 'rent')
    expect(await after.schedules.reconcile()).toMatchObject({ removed: ['rent'] })
    expect(paid).toEqual([])
  })

  test('what was changed beside or in the text of a template is put right by the next that reconciles, and told before', async () => {
    const prefix = freshPrefix()
    const redis = openClient()
    const { at, template } = attack(redis, prefix)
    await release(mode, prefix, { rent: { to: 'mallory', repeat: yearly } }).schedules.reconcile()
    const old = await template('rent')
    const { schedules } = release(mode, prefix, { rent: { to: 'landlord', repeat: yearly } })
    const nothing = { added: [], changed: [], removed: [] }
    expect(await schedules.reconcile()).toEqual({ ...nothing, changed: ['rent'] })
    const right = await template('rent')
    const changes: Record<string, Record<string, string>> = {
      'the text of an older declaration': { data: String(old['data']) },
      'other times': { pattern: '* * * * *' },
      'another name': { name: 'nobody' },
      'no seal': { data: '{"to":"mallory"}' },
    }
    for (const [what, fields] of Object.entries(changes)) {
      await redis.hset(at('repeat:rent'), fields)
      if (what !== 'the text of an older declaration') {
        expect([what, await schedules.get('rent')]).toMatchObject([what, { error: { name: 'BrineError' } }])
      }
      expect([what, await schedules.reconcile()]).toEqual([what, { ...nothing, changed: ['rent'] }])
      expect([what, await schedules.get('rent')]).toMatchObject([what, { payload: { to: 'landlord' }, declared: true }])
      expect(await schedules.reconcile()).toEqual(nothing)
    }
    // Of the mark nobody asks.
    await redis.hset(at('repeat:rent'), 'opts', '{}')
    expect(await schedules.get('rent')).toMatchObject({ declared: true, repeat: yearly })
    expect(await schedules.reconcile()).toEqual(nothing)
    await schedules.upsert('mine', { name: 'pay', payload: { to: 'me' }, repeat: yearly })
    await redis.hset(at('repeat:mine'), 'opts', String(right['opts']))
    expect(await schedules.get('mine')).toMatchObject({ declared: false })
    expect(await schedules.reconcile()).toEqual(nothing)
  })

  test('a run whose times were changed is followed by the one that its seal says', async () => {
    const prefix = freshPrefix()
    const redis = openClient()
    const { at } = attack(redis, prefix)
    const { schedules, producer, work } = release(mode, prefix)
    const { next, nextRun } = await schedules.upsert('rent', { name: 'pay', payload: { to: 'a' }, repeat: yearly })
    await redis.hset(at(nextRun.id), 'opts', JSON.stringify({ repeat: { pattern: '* * * * * *', count: 1 } }))
    await nextRun.promote()
    const { paid } = work()
    expect(await rejection(nextRun.result())).toMatchObject({ cause: { code: 'SEAL_INVALID', path: 'repeat' } })
    const after = await schedules.get('rent')
    expect(after?.next.getFullYear()).toBe(next.getFullYear() + 1)
    await after?.nextRun?.promote()
    expect(await producer.job('pay', String(after?.nextRun?.id)).state()).not.toBe('quarantined')
    expect(paid).toEqual([])
  })
})

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

test('an isolated handler gets no run that is not due', async () => {
  const prefix = freshPrefix()
  const redis = openClient()
  const producer = createProducer(vault, { connection: redisUrl, prefix })
  const handler = isolated(new URL('./open-vault.ts', import.meta.url), { in: 'thread' })
  const { next, nextRun } = await producer.schedules.upsert('daily', {
    ...{ name: 'open', payload: { what: 'gold' }, repeat: hourly },
  })
  const [data, opts] = await redis.hmget(`${prefix}:vault:${nextRun.id}`, 'data', 'opts')
  const id = `repeat:daily:${next.getTime() + 1}`
  const fields = { name: 'open', data: String(data), opts: String(opts), timestamp: '1', delay: '0', priority: '0' }
  await redis.hset(`${prefix}:vault:${id}`, { ...fields, rjk: 'daily' })
  await redis.lpush(`${prefix}:vault:wait`, id)
  const worker = createWorker(vault, { ...quiet, prefix, handlers: { open: handler } })
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
