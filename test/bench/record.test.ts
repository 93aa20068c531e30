import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesOf } from '../../bench/report/files.ts'
import { goals, judge, verdictText } from '../../bench/report/goals.ts'
import { type BenchRecord, machineText, tableOf } from '../../bench/report/record.ts'
import { withSummary } from '../../bench/report/summary.ts'
import { columnOf } from '../../bench/table.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const record: BenchRecord = JSON.parse(read('docs/performance.json'))

describe('the record of npm run bench', () => {
  test.each([...filesOf(record, 'docs/performance')])('%s holds its figures, and no others', (path, text) => {
    expect(read(path)).toBe(text)
  })

  test('the README has its table', () => {
    const readme = read('README.md')
    expect(readme).toBe(withSummary(readme, record))
  })

  test('the page says whether each goal is held, and by how much it is missed', () => {
    const rows = read('docs/performance.md').split('## Goals')[1]?.split('\n## ')[0]?.split('\n') ?? []
    for (const verdict of judge(record)) {
      const row = rows.find((line) => line.startsWith(`| ${verdict.what} `))
      expect(row).toContain(` ${verdict.limit} `)
      expect(row).toMatch(new RegExp(` ${verdictText(verdict)} +\\|$`))
    }
  })

  test('the page begins with when and where it was measured, and says when other programs were busy', () => {
    const { machine } = record
    expect(machineText({ ...machine, load: 0.1 })).toBe(
      `Node ${machine.node.slice(1)} on ${machine.cores} × ${machine.cpu}, ${machine.redis}`,
    )
    expect(machineText({ ...machine, load: 3 })).toContain('busy (load 3)')
    expect(read('docs/performance.md').split('\n')[2]).toBe(`${record.date}: ${machineText(machine)}.`)
  })

  test('charts are of light and dark pages, with a title and what their axes count', () => {
    for (const end of ['codec', 'depth']) {
      const chart = read(`docs/performance-${end}.svg`)
      expect(chart).toContain('prefers-color-scheme: dark')
      expect(chart).toContain('<title>')
      expect(chart).toMatch(/>(?:time, in multiples|µs a job)/)
      expect(chart).not.toMatch(/NaN|undefined|Infinity/)
    }
  })
})

/** The record, with one figure of the first row of a table changed. */
function withFigure(id: string, column: string, value: number): BenchRecord {
  const changed: BenchRecord = structuredClone(record)
  const table = tableOf(changed, id)
  const rows = table.rows.map((row, count) => row.with(columnOf(table, column), count === 0 ? value : 1))
  return { ...record, tables: record.tables.map((one) => (one.id === id ? { ...one, rows } : one)) }
}

describe('goals', () => {
  test.each([
    ['jobs a second beside raw', 'jobs', 'ratio', 1.2, 'held'],
    ['jobs a second beside raw', 'jobs', 'ratio', 0.9, 'missed by 10.0 %'],
    ['the same, in no cell under', 'jobs', 'ratio', 0.95, 'held'],
    ['store, set + get', 'store', 'ratio', 0.485, 'missed by 50 %'],
    ['encrypted jobs', 'jobs-sealed', 'encrypted ratio', 0.84, 'missed by 1.18 %'],
    ['flat by queue depth', 'growth-depth', 'BrineMQ status ms', 0.4, 'missed by 100 %'],
  ])('%s: %s %s of %d is %s', (what, id, column, value, verdict) => {
    const goal = goals.findIndex((one) => one.what.startsWith(what))
    expect(judge(withFigure(id, column, value)).map(verdictText)[goal]).toBe(verdict)
  })
})
