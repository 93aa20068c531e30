import { describe, expect, test } from 'vitest'
import { freshPrefix, openClient } from '../../connection.ts'
import { rejection } from '../people.ts'
import { attack, hourly, hourMs, type Mode, release, yearly } from './rents.ts'

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
      'with times that are not its own': [
        await run('rent', first + 60_000, { ...rent, every: '60000' }),
        'quarantined',
      ],
      'without times': [await run('rent', first + hourMs, { data: String(rent['data']) }), 'quarantined'],
    } as const
    const { worker, paid } = work()
    await worker.waitUntilIdle()
    const seen: Record<string, unknown> = {}
    for (const [what, [id]] of Object.entries(slots)) seen[what] = await producer.job('pay', id).state()
    expect(seen).toEqual(Object.fromEntries(Object.entries(slots).map(([what, [, state]]) => [what, state])))
    expect(paid).toEqual([])
    const refused = []
    for await (const { code, path } of producer.quarantine.list({})) refused.push(`${code} ${path}`)
    expect(new Set(refused)).toEqual(new Set(['SEAL_INVALID repeat']))
  })

  test('a run that has been is not run again under another writing of its slot', async () => {
    const prefix = freshPrefix()
    const redis = openClient()
    const { at } = attack(redis, prefix)
    const { schedules, producer, work } = release(mode, prefix)
    const { next } = await schedules.upsert('rent', { name: 'pay', payload: { to: 'landlord' }, repeat: hourly })
    const slot = next.getTime()
    const run = await redis.hgetall(at(`repeat:rent:${slot}`))
    const { worker, paid } = work()
    expect(await producer.job('pay', `repeat:rent:${slot}`).result()).toBe('1')
    for (const written of [`0${slot}`, `000${slot}`, `+${slot}`, `${slot}.0`, `-${slot}`, `${slot}000`, '', 'x']) {
      await redis.hset(at(`repeat:rent:${written}`), run)
      await redis.lpush(at('wait'), `repeat:rent:${written}`)
    }
    await worker.waitUntilIdle()
    expect(paid).toEqual(['landlord'])
    expect(await producer.quarantine.count()).toBe(8)
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
