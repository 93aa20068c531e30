import { availableParallelism, cpus } from 'node:os'
import { type Cell, columnOf, type Table } from '../table.ts'

/** What one run of the bench found, and where. */
export interface BenchRecord {
  /** The day, as 2026-01-31. */
  readonly date: string
  readonly machine: { readonly node: string; readonly cpu: string; readonly cores: number; readonly redis: string }
  readonly tables: readonly Table[]
}

export function recordOf(tables: readonly Table[], redis: string): BenchRecord {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { node: process.version, cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), redis },
    tables: tables.map((table) => ({ ...table, rows: table.rows.map((row) => row.map(rounded)) })),
  }
}

// What is behind the fourth digit is noise.
function rounded(cell: Cell): Cell {
  return typeof cell === 'number' && !Number.isInteger(cell) ? Number(cell.toPrecision(4)) : cell
}

export function machineText({ node, cpu, cores, redis }: BenchRecord['machine']): string {
  return `Node ${node.replace(/^v/, '')} on ${cores} × ${cpu}, ${redis}`
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
