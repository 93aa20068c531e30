import { availableParallelism, cpus, loadavg } from 'node:os'
import { type Cell, columnOf, type Table } from '../table.ts'

// Below this a machine has nothing else to do.
const quietLoad = 0.7

/** What one run of the bench found, and where. */
export interface BenchRecord {
  /** The day, as 2026-01-31. */
  readonly date: string
  readonly machine: {
    readonly node: string
    readonly cpu: string
    readonly cores: number
    readonly redis: string
    /** Of other programs: the load of the last minute before the bench began. */
    readonly load: number
  }
  /** Of which each figure is a median. */
  readonly rounds: number
  readonly tables: readonly Table[]
}

/** To be asked for before the bench begins. */
export function describeMachine(redis: string): BenchRecord['machine'] {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown'
  const load = Number((loadavg()[0] ?? 0).toFixed(1))
  return { node: process.version, cpu, cores: availableParallelism(), redis, load }
}

export function recordOf(tables: readonly Table[], machine: BenchRecord['machine'], rounds: number): BenchRecord {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine,
    rounds,
    tables: tables.map((table) => ({ ...table, rows: table.rows.map((row) => row.map(rounded)) })),
  }
}

// What is behind the fourth digit is noise.
function rounded(cell: Cell): Cell {
  return typeof cell === 'number' && !Number.isInteger(cell) ? Number(cell.toPrecision(4)) : cell
}

export function machineText({ node, cpu, cores, redis, load }: BenchRecord['machine']): string {
  const busy =
    load > quietLoad ? `; **other programs kept it busy (load ${load}), so that these figures say little**` : ''
  return `Node ${node.replace(/^v/, '')} on ${cores} × ${cpu}, ${redis}${busy}`
}

/** Throws when the record has no such table. */
export function tableOf({ tables }: Pick<BenchRecord, 'tables'>, id: string): Table {
  const table = tables.find((one) => one.id === id)
  if (!table) throw new Error(`the record has no table ${id}`)
  return table
}

/** The figures of a row, by their columns; the row is the one that begins with these cells. Throws when there is none. */
export function figuresOf(table: Table, ...first: readonly Cell[]): (column: string) => number {
  const row = table.rows.find((cells) => first.every((cell, at) => cells[at] === cell))
  if (!row) throw new Error(`the table ${table.id} has no row ${first.join(', ')}`)
  return (column) => Number(row[columnOf(table, column)])
}
