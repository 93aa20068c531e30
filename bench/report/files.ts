import { basename } from 'node:path'
import { chartsOf } from './charts.ts'
import { pageOf } from './page.ts'
import type { BenchRecord } from './record.ts'

/** Every file of a record, by its path: the figures, the page and its charts. `base` is such as docs/performance. */
export function filesOf(record: BenchRecord, base: string): Map<string, string> {
  return new Map([
    [`${base}.json`, jsonOf(record)],
    [`${base}.md`, pageOf(record, basename(base))],
    ...Object.entries(chartsOf(record)).map(([end, chart]): [string, string] => [`${base}${end}`, chart]),
  ])
}

/** A row a line. */
function jsonOf(record: BenchRecord): string {
  const json = JSON.stringify(record, undefined, 2)
  return `${json.replace(/\[\n[^[\]{}]*\]/g, (list) => list.replace(/\n\s*/g, ' ').replace('[ ', '[').replace(/ \]$/, ']'))}\n`
}
