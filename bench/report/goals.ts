import { type Cell, cellText, columnOf } from '../table.ts'
import { type BenchRecord, figuresOf, tableOf } from './record.ts'

/** What a figure is held to. */
interface Goal {
  readonly what: string
  readonly atMost?: number
  readonly atLeast?: number
  /** The figures that are held to it, each with where it stands. */
  figures(record: BenchRecord): Figure[]
}

interface Figure {
  readonly where: string
  readonly value: number
}

/** How a goal ended: the figure that is farthest from it, and by how many percent it is missed. */
export interface Verdict {
  readonly what: string
  readonly limit: string
  readonly worst: Figure
  /** In percent of the limit; 0 when it is held. */
  readonly missedBy: number
}

const byHand = 'JSON, mapped by hand'
/** What is flat may differ by that much between the least and the most: what two runs of one row differ by. */
const flat = 1.25

export const goals: readonly Goal[] = [
  {
    what: 'encode + decode of instances, 1 to 100 line items: time beside JSON mapped by hand',
    atMost: 1,
    figures: (record) => codecRatios(record, 'BrineMQ', byHand, timeOf),
  },
  {
    what: 'the same: time of superjson beside BrineMQ',
    atLeast: 5,
    figures: (record) => codecRatios(record, 'superjson', 'BrineMQ', timeOf),
  },
  {
    what: 'the same: bytes beside JSON mapped by hand',
    atMost: 1,
    figures: (record) => codecRatios(record, 'BrineMQ', byHand, (figure) => figure('bytes')),
  },
  {
    what: 'encode + decode of plain values: time beside bare devalue',
    atMost: 1.1,
    figures: inColumn('codec-plain', 'ratio', (row) => row[1] === 'BrineMQ'),
  },
  {
    what: 'store, set + get: round trips a second beside ioredis with JSON mapped by hand',
    atLeast: 0.97,
    figures: inColumn('store', 'ratio'),
  },
  {
    what: 'jobs a second beside raw BullMQ with JSON mapped by hand',
    atLeast: 1,
    figures: inColumn('jobs', 'ratio'),
  },
  {
    what: 'the same, in no cell under',
    atLeast: 0.95,
    figures: inColumn('jobs', 'ratio'),
  },
  {
    what: 'signed jobs a second beside unsealed',
    atLeast: 0.9,
    figures: inColumn('jobs-sealed', 'signed ratio'),
  },
  {
    what: 'encrypted jobs a second beside unsealed',
    atLeast: 0.85,
    figures: inColumn('jobs-sealed', 'encrypted ratio'),
  },
  {
    what: 'flat by queue depth: the most waiting jobs beside the fewest',
    atMost: flat,
    figures: growthOf('growth-depth', ['BrineMQ enqueue µs', 'BrineMQ take µs', 'BrineMQ status ms']),
  },
  {
    what: 'flat by models registered: the most beside one',
    atMost: flat,
    figures: growthOf('growth-models', ['encode + decode µs', 'enqueued CPU µs', 'done CPU µs']),
  },
  {
    what: 'flat by concurrency: the CPU time of a job, 500 at a time beside 10',
    atMost: flat,
    figures: growthOf('growth-concurrency', ['BrineMQ CPU µs'], 1),
  },
]

/** Holds a record to the goals. */
export function judge(record: BenchRecord): Verdict[] {
  return goals.map(({ what, atMost, atLeast = 0, figures }) => {
    const excess = ({ value }: Figure) => (atMost === undefined ? atLeast / value : value / atMost) - 1
    const [worst = { where: 'nowhere', value: Number.NaN }] = figures(record).sort(
      (one, other) => excess(other) - excess(one),
    )
    const limit = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`
    const missed = atMost === undefined ? 1 - worst.value / atLeast : worst.value / atMost - 1
    return { what, limit, worst, missedBy: Math.max(0, Number((100 * missed).toPrecision(3))) }
  })
}

export function verdictText({ missedBy }: Verdict): string {
  return missedBy === 0 ? 'held' : `missed by ${cellText(missedBy)} %`
}

function timeOf(figure: (column: string) => number): number {
  return figure('encode µs') + figure('decode µs')
}

/** Of the orders, of 1 line item and more. */
function codecRatios(
  record: BenchRecord,
  one: string,
  other: string,
  of: (figure: (column: string) => number) => number,
): Figure[] {
  const table = tableOf(record, 'codec')
  const orders = new Set(table.rows.map(([value]) => String(value)).filter((value) => value.startsWith('order')))
  return [...orders].map((where) => {
    return { where, value: of(figuresOf(table, where, one)) / of(figuresOf(table, where, other)) }
  })
}

/** Every row's, in a column of a table. */
function inColumn(id: string, column: string, holds: (row: readonly Cell[]) => boolean = () => true): Goal['figures'] {
  return (record) => {
    const table = tableOf(record, id)
    const at = columnOf(table, column)
    return table.rows.filter(holds).map((row) => ({ where: `${row[0]}, ${row[1]}`, value: Number(row[at]) }))
  }
}

/** How much more the last row of a table has than the one at `from`, in each of these columns. */
function growthOf(id: string, columns: readonly string[], from = 0): Goal['figures'] {
  return (record) => {
    const table = tableOf(record, id)
    return columns.map((column) => {
      const at = columnOf(table, column)
      return { where: column, value: Number(table.rows.at(-1)?.[at]) / Number(table.rows[from]?.[at]) }
    })
  }
}
