import { defaultRepeatStrategy } from 'bullmq'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CheckedRepeat } from '../../src/contract/repeat.ts'
import { clockSlackMs, firstSlot, isDue, type Slots } from '../../src/schedule/slots.ts'

const start = Date.UTC(2026, 0, 1)
const yearMs = 366 * 86_400_000
const moment = fc.integer({ min: start, max: start + yearMs })
const every = fc.record(
  { every: fc.integer({ min: 1, max: 100_000_000 }), offset: fc.nat(1_000_000), startDate: moment },
  { requiredKeys: ['every'] },
)
const pattern = fc.record({
  pattern: fc.constantFrom(
    ...['* * * * * *', '*/10 * 2 * * *', '*/5 1-3 * * *', '15,30 1-2 * * *', '30 2 * * *', '0 0 * * 0', '0 0 29 2 *'],
  ),
  tz: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'),
})

/** The slot after one, as BullMQ's scripts choose it when a worker takes the run. */
function slotAfter({ every: ms, offset, ...rest }: CheckedRepeat, slot: number, first: number, nowMs: number) {
  if (ms === undefined) return defaultRepeatStrategy(Math.max(slot, nowMs), rest)
  if (slot + ms >= nowMs) return slot + ms
  const aligned = Math.floor(nowMs / ms) * ms + (offset || first % ms)
  return aligned <= nowMs ? aligned + ms : aligned
}

function slotsOf(repeat: CheckedRepeat, since: number): Slots {
  const first = firstSlot(repeat, since)
  if (first === undefined) throw new Error('no slot')
  return { repeat, since, first }
}

describe('the slots of a schedule', () => {
  test('are all those that BullMQ chooses, however long no worker was there', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 40 * 86_400_000 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.oneof(every, pattern), moment, waits, (repeat, since, away) => {
        const slots = slotsOf(repeat, since)
        let [slot, now] = [slots.first, since]
        for (const ms of away) {
          now = Math.max(now, slot + ms)
          expect(isDue(slot, slots, now)).toBe('due')
          slot = Number(slotAfter(repeat, slot, slots.first, now))
          // It may be promoted, and be taken at once.
          expect(isDue(slot, slots, now)).toBe('due')
        }
      }),
      { numRuns: 300 },
    )
  })

  test('are no others', () => {
    const beside = fc.integer({ min: 1, max: 999 })
    fc.assert(
      fc.property(fc.oneof(every, pattern), moment, beside, fc.nat(50), (repeat, since, ms, count) => {
        const { offset, ...plain } = { offset: undefined, ...repeat }
        fc.pre(!('every' in plain) || ms < plain.every)
        const slots = slotsOf(plain, since)
        const slot = Number(
          slotAfter(plain, slots.first + count * ('every' in plain ? plain.every : 0), slots.first, 0),
        )
        expect(isDue(slot + ms, slots, slot + yearMs)).toBe('foreign')
      }),
    )
  })

  test.each<[what: string, repeat: CheckedRepeat, slotMs: number, nowMs: number, due: string]>([
    ['the first', { every: 1_000 }, 0, 0, 'due'],
    ['the next, promoted', { every: 1_000 }, 1_000, 1, 'due'],
    ['the one after the next', { every: 1_000 }, 3_000, 1, 'early'],
    ['the first, far away and promoted', { every: 1_000, startDate: start + 90_000 }, 90_000, 0, 'due'],
    ['one before the first', { every: 1_000, startDate: start + 90_000 }, 89_000, 0, 'foreign'],
    ['the last, which follows one before the end', { every: 1_000, endDate: start + 1_500 }, 2_000, 9_000, 'due'],
    ['one behind the end', { every: 1_000, endDate: start + 1_500 }, 3_000, 9_000, 'foreign'],
    ['one behind the end of a pattern', { pattern: '* * * * * *', endDate: start + 1_500 }, 2_000, 9_000, 'foreign'],
    ['the one at once', { pattern: '0 0 1 1 *', immediately: true }, 0, 9_000, 'due'],
    ['one beside it', { pattern: '0 0 2 1 *', immediately: true }, 1, 9_000, 'foreign'],
    ['one long before the template', { pattern: '* * * * *' }, -clockSlackMs - 60_000, 0, 'foreign'],
    ['no whole number', { every: 1 }, Number.NaN, 0, 'foreign'],
  ])('%s', (_, repeat, slotMs, nowMs, due) => {
    const since = start
    expect(isDue(start + slotMs, slotsOf(repeat, since), start + nowMs)).toBe(due)
  })

  test('of a schedule that went on with the run that waits are that one, and then those after the change', () => {
    const since = start + 3_600_000
    const slots = { repeat: { every: 60_000 }, since, first: firstSlot({ every: 60_000 }, since, start + 7) ?? 0 }
    expect(isDue(start + 7, slots, since)).toBe('due')
    expect(isDue(start + 60_007, slots, since)).toBe('foreign')
    expect(isDue(since + 7, slots, since)).toBe('due')
  })
})
