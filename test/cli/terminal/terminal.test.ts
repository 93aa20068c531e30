import { expect, test } from 'vitest'
import { formatAgo, formatDuration, parseDuration } from '../../../src/cli/terminal/duration.ts'
import { printable } from '../../../src/cli/terminal/printable.ts'
import { createStyle, wantsColours } from '../../../src/cli/terminal/style.ts'
import { formatTable } from '../../../src/cli/terminal/table.ts'
import { cutTo, widthOf } from '../../../src/cli/terminal/width.ts'

const rows = [
  ['loans', 3, 'waiting \u001b[31mred'],
  ['注文', undefined, 'x'.repeat(50)],
]
const columns = [{ title: 'queue' }, { title: 'jobs' }, { title: 'note', most: 20 }]

test('sets a table in columns, numbers to the right, what is long cut, and no control of the terminal in it', () => {
  const plain = createStyle(false)
  expect(formatTable(columns, rows, { style: plain, ruled: false }).split('\n')).toEqual(
    ['queue  jobs  note', 'loans     3  waiting \\u001b[31mred', '注文      -  xxxxxxxxxxxxxxxxxxx…'].map((line) =>
      line.replace('waiting \\u001b[31mred', cutTo('waiting \\u001b[31mred', 20)),
    ),
  )
  const ruled = formatTable(columns, rows, { style: createStyle(true), ruled: true }).split('\n')
  expect(ruled[0]).toContain('\u001b[1mqueue\u001b[22m')
  expect(ruled[1]).toContain('─────')
})

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ TERM: 'dumb' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
])('with %j and a terminal %s, colours are %s', (env, isTerminal, colours) => {
  expect(wantsColours(isTerminal, env)).toBe(colours)
})

test('shows what would move a cursor, and what turns the direction of a text', () => {
  expect(printable('a\u001b[2Jb\u202ec\r\u0007\nd')).toBe('a\\u001b[2Jb\\u202ec\\u000d\\u0007\nd')
})

test.each([
  ['', 0],
  ['abc', 3],
  ['注文', 4],
  ['e\u0301', 1],
  ['🎉', 2],
  ['\u001b[1mab\u001b[22m', 2],
])('%j takes %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns)
})

test('says and reads durations as people do', () => {
  expect([5, 1_500, 61_000, 7_200_000, 3 * 86_400_000].map(formatDuration)).toEqual([
    '5 ms',
    '1.5 s',
    '1 m',
    '2 h',
    '3 d',
  ])
  expect(formatAgo(new Date(0), 5_000)).toBe('5.0 s ago')
  expect(formatAgo(new Date(5_000), 0)).toBe('in 5.0 s')
  expect(['250ms', '90s', '1.5h', '2d'].map(parseDuration)).toEqual([250, 90_000, 5_400_000, 172_800_000])
  expect(() => parseDuration('soon')).toThrow('90s')
})
