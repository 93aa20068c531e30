import { cellText, columnOf } from '../table.ts'
import { drawBars } from './bars.ts'
import { drawLines } from './lines.ts'
import { type BenchRecord, figuresOf, tableOf } from './record.ts'

/** The charts of a record, by what the names of their files end with. */
export function chartsOf(record: BenchRecord): Record<string, string> {
  return { '-codec.svg': codecChart(record), '-depth.svg': depthChart(record) }
}

/** The fastest first: what was run against what, in multiples of JSON mapped by hand. */
function codecChart(record: BenchRecord): string {
  const table = tableOf(record, 'codec')
  const values = [...new Set(table.rows.map(([value]) => String(value)))]
  const shown = ['order of 3', 'order of 30'].filter((value) => values.includes(value))
  const names = [...new Set(table.rows.map(([, codec]) => String(codec)))]
  return drawBars({
    title: 'Encode and decode an order of line items, instances of four classes',
    axis: 'time, in multiples of JSON mapped by hand (less is faster)',
    mark: 1,
    groups: shown.map((value) => ({
      name: value.replace('order of', 'Order of'),
      bars: names
        .map((name) => {
          const figure = figuresOf(table, value, name)
          const us = figure('encode µs') + figure('decode µs')
          const ratio = figure('ratio')
          return { name, value: ratio, label: `${cellText(ratio)}× · ${cellText(us)} µs`, own: name === 'BrineMQ' }
        })
        .sort((one, other) => one.value - other.value),
    })),
  })
}

function depthChart(record: BenchRecord): string {
  const table = tableOf(record, 'growth-depth')
  const column = (name: string) => table.rows.map((row) => Number(row[columnOf(table, name)]))
  return drawLines({
    title: 'What a job, and a look at the queue, cost by how many jobs wait',
    xAxis: 'waiting jobs',
    xs: column('waiting jobs'),
    panels: [
      {
        yAxis: 'µs a job',
        series: [
          { name: 'BrineMQ, enqueue', values: column('BrineMQ enqueue µs'), own: true, dashed: false },
          { name: 'raw BullMQ, enqueue', values: column('raw enqueue µs'), own: false, dashed: false },
          { name: 'BrineMQ, take', values: column('BrineMQ take µs'), own: true, dashed: true },
          { name: 'raw BullMQ, take', values: column('raw take µs'), own: false, dashed: true },
        ],
      },
      {
        yAxis: 'ms a look, all that brine status shows',
        series: [{ name: 'BrineMQ, status', values: column('BrineMQ status ms'), own: true, dashed: false }],
      },
    ],
  })
}
