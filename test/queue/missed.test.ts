import { expect, test } from 'vitest'
import { missedAfter } from '../../src/events/missed.ts'

interface Row {
  title: string
  after: string
  first?: string
  /** As Redis tells from 7 on. */
  deleted?: string
  held?: true
  gone?: true
  on: string | undefined
}

const rows: Row[] = [
  { title: 'the beginning', after: '0', first: '7-0', deleted: '6-0', on: undefined },
  { title: 'the beginning, as an id', after: '0-0', gone: true, on: undefined },
  { title: 'what is still there', after: '5-1', first: '5-1', deleted: '4-0', held: true, on: undefined },
  { title: 'the newest that was taken away', after: '5-1', first: '6-0', deleted: '5-1', on: undefined },
  { title: 'what was taken away with others', after: '5-1', first: '7-3', deleted: '6-9', on: '6-9' },
  { title: 'what was taken away with all', after: '5-1', deleted: '6-9', on: '6-9' },
  { title: 'what an old Redis has taken away', after: '5-1', first: '7-3', on: '7-2' },
  {
    title: 'what an old Redis has taken away, before the first of a millisecond',
    after: '5-1',
    first: '7-0',
    on: '6-18446744073709551615',
  },
  { title: 'where an old Redis was said to go on', after: '7-2', first: '7-3', on: undefined },
  { title: 'what was taken away, when a later one was too', after: '5-1', first: '7-3', deleted: '9-0', on: '7-2' },
  { title: 'where that was said to go on', after: '7-2', first: '7-3', deleted: '9-0', on: undefined },
  { title: 'a single one that was deleted', after: '5-1', first: '3-0', deleted: '5-1', on: undefined },
  { title: 'an event of a stream that is gone', after: '5-1', gone: true, on: '0-0' },
  { title: 'an event of a stream that began anew', after: '5-1', first: '8-0', deleted: '0-0', on: '0-0' },
  { title: 'a time when there was nothing yet', after: '5', first: '8-0', deleted: '0-0', on: undefined },
  { title: 'a time when there is nothing', after: '5', gone: true, on: undefined },
  { title: 'a time of which all is taken away', after: '5', first: '8-0', deleted: '7-0', on: '7-0' },
  { title: 'a time between two events', after: '5', first: '4-0', deleted: '0-0', on: undefined },
]

test.each(rows)('after $title: $on', ({ after, first, deleted, held = false, gone = false, on }) => {
  expect(missedAfter(after, { exists: !gone, holdsPosition: held, first, lastDeleted: deleted })).toBe(on)
  // Whoever goes on from there is not told again.
  if (on === undefined || on === '0-0') return
  expect(missedAfter(on, { exists: true, holdsPosition: false, first, lastDeleted: deleted })).toBe(undefined)
})
