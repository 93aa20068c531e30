import { defineQueue, type Repeat } from 'brinemq'
import { createFakeProducer, createInline, createTestClock } from 'brinemq/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openProducer, Person, peopleQueue, person, rejection } from '../queue/people.ts'

const ada = new Person('Ada', 7)
const start = new Date('2026-03-28T12:00:00Z')
const hourMs = 3_600_000

const visits = defineQueue('visits', {
  models: [person],
  jobs: { visit: { payload: person.schema, result: z.string() } },
  schedules: {
    daily: { job: 'visit', payload: ada, repeat: { pattern: '0 3 * * *', tz: 'Europe/Berlin' } },
    hourly: { job: 'visit', payload: ada, repeat: { every: hourMs } },
  },
})

function open({ autorun = true } = {}) {
  const clock = createTestClock(start)
  const times: string[] = []
  const visit = (who: Person) => {
    expect(who).toBeInstanceOf(Person)
    times.push(clock.now.toISOString().slice(5, 16))
    return `${who}`
  }
  return { clock, times, inline: createInline(visits, { clock, autorun, handlers: { visit } }) }
}

describe('schedules in memory', () => {
  test('run by a cron pattern in its time zone, when the clock comes there', async () => {
    const { inline, clock, times } = open()
    const { next, nextRun } = await inline.schedules.upsert('early', {
      name: 'visit',
      payload: ada,
      repeat: { pattern: '0 3 * * *', tz: 'Europe/Berlin' },
    })
    expect(next).toEqual(new Date('2026-03-29T01:00:00Z'))
    expect(await nextRun.state()).toBe('delayed')
    await clock.advance(48 * hourMs)
    // The hours went on to summer time in between.
    expect(times).toEqual(['03-29T01:00', '03-30T01:00'])
    expect(await nextRun.result()).toBe('Ada 7')
  })

  test.each<[title: string, repeat: Repeat, times: string[]]>([
    ['at once, and after each interval', { every: hourMs }, ['28T12:00', '28T13:00', '28T14:00', '28T15:00']],
    ['as often as the limit says', { every: hourMs, limit: 2 }, ['28T12:00', '28T13:00']],
    ['from a start', { every: hourMs, startDate: new Date(+start + 2 * hourMs) }, ['28T14:00', '28T15:00']],
    ['until an end', { pattern: '30 * * * *', endDate: new Date(+start + 2 * hourMs) }, ['28T12:30', '28T13:30']],
    ['later by an offset', { every: hourMs, offset: 60_000 }, ['28T12:01', '28T13:01', '28T14:01']],
    ['at once, if told so', { pattern: '30 14 * * *', immediately: true }, ['28T12:00', '28T14:30']],
  ])('run %s', async (_title, repeat, expected) => {
    const { inline, clock, times } = open()
    await inline.schedules.upsert('a', { name: 'visit', payload: ada, repeat })
    await clock.advance(3 * hourMs)
    expect(times).toEqual(expected.map((time) => `03-${time}`))
  })

  test('are changed, listed and removed', async () => {
    const { inline, clock, times } = open()
    await inline.schedules.upsert('a', { name: 'visit', payload: ada, repeat: { pattern: '0 * * * *' } })
    await inline.schedules.upsert('a', { name: 'visit', payload: ada, repeat: { pattern: '30 * * * *', limit: 5 } })
    expect(await inline.schedules.list()).toMatchObject([
      { id: 'a', name: 'visit', payload: ada, repeat: { pattern: '30 * * * *', limit: 5 }, iterationCount: 1 },
    ])
    await clock.advance(hourMs)
    expect(times).toEqual(['03-28T12:30'])
    expect((await inline.schedules.get('a'))?.next).toEqual(new Date('2026-03-28T13:30:00Z'))
    expect([await inline.schedules.remove('a'), await inline.schedules.remove('a')]).toEqual([true, false])
    await clock.advance(2 * hourMs)
    expect(times).toHaveLength(1)
  })

  test('are refused as in production, before anything is kept', async () => {
    const { inline } = open()
    const upsert = (payload: unknown, repeat: object) =>
      Reflect.apply(inline.schedules.upsert, undefined, ['a', { name: 'visit', payload, repeat }])
    expect(await rejection(upsert(5, { every: 1 }))).toMatchObject({ code: 'PAYLOAD_INVALID' })
    expect(await rejection(upsert(ada, { pattern: 'often' }))).toMatchObject({ path: 'repeat.pattern' })
    expect(await rejection(upsert(ada, { every: 1, endDate: start }))).toMatchObject({ path: 'repeat.endDate' })
    expect(await inline.schedules.list()).toEqual([])
  })

  test('are reconciled with those that the contract declares', async () => {
    const { inline, clock, times } = open()
    expect(await inline.schedules.reconcile()).toEqual({ added: ['daily', 'hourly'], changed: [], removed: [] })
    expect(await inline.schedules.reconcile()).toEqual({ added: [], changed: [], removed: [] })
    expect((await inline.schedules.list()).map(({ id, declared }) => [id, declared])).toEqual([
      ['hourly', true],
      ['daily', true],
    ])
    await clock.advance(hourMs)
    expect(times).toEqual(['03-28T12:00', '03-28T13:00'])
  })

  test('are run by `drain` as far as they are due, since they have no end', async () => {
    const { inline, times } = open({ autorun: false })
    await inline.schedules.upsert('a', { name: 'visit', payload: ada, repeat: { every: hourMs } })
    expect(times).toEqual([])
    expect(await inline.drain()).toMatchObject([{ state: 'completed', result: 'Ada 7' }])
    expect(times).toEqual(['03-28T12:00'])
  })

  test('stand in the fake, whose jobs are those that were enqueued', async () => {
    const fake = createFakeProducer(visits)
    await fake.schedules.upsert('a', { name: 'visit', payload: ada, repeat: { every: hourMs } })
    expect(await fake.schedules.list()).toMatchObject([{ id: 'a', payload: ada, repeat: { every: hourMs } }])
    expect(fake.jobs).toEqual([])
  })

  test.each<Repeat>([
    { pattern: '0 0 1 1 *', tz: 'Europe/Berlin', limit: 3 },
    { pattern: '0 0 1 1 *', startDate: '2030-01-01', endDate: new Date('2040-01-01') },
    { every: 1_000_000, limit: 2 },
    { every: hourMs, offset: 60_000 },
  ])('are told as Redis tells them: %o', async (repeat) => {
    const inline = createInline(peopleQueue(), {
      autorun: false,
      handlers: { anything: () => {}, greet: () => ({ text: '', greetedAt: start, friends: [] }) },
    })
    const told: unknown[] = []
    for (const producer of [openProducer(), inline]) {
      const given = { name: 'anything', payload: ada, repeat, options: { attempts: 2 } } as const
      const { nextRun, next } = await producer.schedules.upsert('a', given)
      const found = await producer.schedules.get('a')
      expect(found).toMatchObject({ id: 'a', name: 'anything', payload: ada, next })
      expect(nextRun.id).toBe(`repeat:a:${next.getTime()}`)
      // An interval begins when it is told.
      const offset = repeat.offset ?? typeof found?.repeat.offset
      told.push([{ ...found?.repeat, offset }, found?.iterationCount, repeat.every ? 0 : next, await nextRun.state()])
    }
    expect(told[1]).toEqual(told[0])
  })
})
