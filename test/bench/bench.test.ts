import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parts, partsOf } from '../../bench/parts.ts'
import { openServer, type Server } from '../../bench/server.ts'
import { full, quick } from '../../bench/settings.ts'
import type { Table } from '../../bench/table.ts'

const library = fileURLToPath(new URL('../../src/index.ts', import.meta.url))
let server: Server

beforeAll(async () => {
  server = await openServer()
})
afterAll(() => server.close())

/** The tables of each part, how many rows each has, and how many of its first cells say what was measured. */
const expected: Record<string, [id: string, rows: number, names: number][]> = {
  codec: [
    ['codec', (1 + quick.orders.length) * 6, 2],
    ['codec-plain', quick.orders.length * 4, 2],
  ],
  jobs: [
    ['jobs', quick.jobOrders.length * 4, 2],
    ['jobs-sealed', quick.jobOrders.length * 4, 2],
  ],
  seals: [
    ['seals', quick.seals.length * 4, 2],
    ['seals-jobs', quick.seals.length * 4, 2],
  ],
  store: [['store', quick.jobOrders.length * 2, 2]],
  payload: [
    ['growth-payload', quick.payloads.length, 1],
    ['growth-payload-jobs', quick.payloads.length, 1],
  ],
  depth: [['growth-depth', quick.depths.length, 0]],
  models: [['growth-models', quick.models.length, 0]],
  concurrency: [['growth-concurrency', quick.concurrencies.length, 0]],
  processes: [['growth-processes', quick.processes.length, 0]],
  memory: [
    ['memory-process', 4, 1],
    ['memory-jobs', 1 + quick.jobOrders.length, 1],
  ],
}

function expectFigures({ columns, rows }: Table, names: number): void {
  for (const row of rows) {
    expect(row).toHaveLength(columns.length)
    for (const [at, cell] of row.entries()) {
      if (at < names) expect(cell).toEqual(expect.any(String))
      else expect(cell, `${row[0]}: ${columns[at]}`).toSatisfy(Number.isFinite)
    }
  }
}

describe('npm run bench', () => {
  test.each(Object.entries(expected))('measures %s', async (part, tables) => {
    const found = await parts[part]?.({ settings: quick, server, library })
    expect(found?.map(({ id, rows }) => [id, rows.length])).toEqual(tables.map(([id, rows]) => [id, rows]))
    for (const [at, table] of found?.entries() ?? []) expectFigures(table, tables[at]?.[2] ?? 0)
  })

  test('has no other parts, and growth is five of them', () => {
    expect(Object.keys(parts)).toEqual(Object.keys(expected))
    expect(partsOf('growth')).toHaveLength(5)
    expect(partsOf('toString')).toBeUndefined()
  })

  test('grows as far as its record says', () => {
    const { payloads, depths, models, concurrencies, processes } = full
    expect([payloads.map(({ items }) => items * 100), depths, models, concurrencies, processes]).toEqual([
      [100, 1_000, 10_000, 100_000, 1_000_000],
      [1_000, 10_000, 100_000, 1_000_000],
      [1, 10, 100, 1_000],
      [1, 10, 50, 100, 500],
      [1, 2, 3, 4],
    ])
  })
})
