import { cellText, tableText } from '../table.ts'
import { type BenchRecord, figuresOf, machineText, tableOf } from './record.ts'

const begin = '<!-- from docs/performance.json: npm run bench -- --write docs/performance -->'
const end = '<!-- end -->'

/** The short table, for the README. */
export function summaryOf(record: BenchRecord): string {
  const value = 'order of 3'
  const codec = tableOf(record, 'codec')
  const us = (name: string) => {
    const figure = figuresOf(codec, value, name)
    return figure('encode µs') + figure('decode µs')
  }
  const [own, byHand, superjson] = [us('BrineMQ'), us('JSON, mapped by hand'), us('superjson')]
  const jobs = tableOf(record, 'jobs')
  const ofJobs = [...new Set(jobs.rows.map(([, task]) => String(task)))].map((task) => {
    const figure = figuresOf(jobs, '3 items', task)
    const shown = [figure('BrineMQ jobs/s'), figure('raw jobs/s')].map((rate) => `${cellText(rate)}/s`)
    return [`jobs ${task}`, ...shown, figure('ratio')]
  })
  const store = figuresOf(tableOf(record, 'store'), '3 items', 'one after the other')
  const table = tableText({
    columns: ['an order of 3 line items', 'BrineMQ', 'by hand', 'speed'],
    rows: [
      ['encoded and decoded', `${cellText(own)} µs`, `${cellText(byHand)} µs`, byHand / own],
      ...ofJobs,
      [
        'set and got under a key',
        `${cellText(store('BrineMQ /s'))}/s`,
        `${cellText(store('ioredis /s'))}/s`,
        store('ratio'),
      ],
    ],
  })
  return `${table}

BrineMQ checks every field on both sides. By hand is JSON mapped by hand, with bare BullMQ and ioredis, checking nothing; superjson takes
${cellText(superjson)} µs for the first row. Speed is how many times as fast BrineMQ is. ${record.date}, ${machineText(record.machine)}.`
}

/** The README with the table of the record. Throws when it has no place for one. */
export function withSummary(readme: string, record: BenchRecord): string {
  const [before, rest] = readme.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error('the README has no place for the table of the bench')
  return `${before}${begin}\n\n${summaryOf(record)}\n\n${end}${after}`
}
