import type { Cost } from './clock.ts'
import { median } from './measure.ts'

/** What one round found, by what was done. */
export type Costs = ReadonlyMap<string, Cost>

/**
 * Lets all rows of a table, and in each the named, take turns for `rounds` rounds, now in this order and now in the other, so that a
 * noisy neighbour troubles all alike; a round before them only warms up. What it gives tells the median of what one of them did.
 */
export async function interleave<Row, Name extends string>(
  rows: readonly Row[],
  names: readonly Name[],
  rounds: number,
  play: (row: Row, name: Name) => Promise<Costs>,
): Promise<(row: Row, name: Name, task: string) => Cost> {
  const subjects = rows.flatMap((row) => names.map((name) => ({ row, name, found: [] as Costs[] })))
  for (let round = 0; round <= rounds; round += 1) {
    for (const { row, name, found } of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const costs = await play(row, name)
      if (round > 0) found.push(costs)
    }
  }
  return (row, name, task) => {
    const found = subjects.find((one) => one.row === row && one.name === name)?.found ?? []
    const costs = found.flatMap((one) => one.get(task) ?? [])
    return { ms: median(costs.map(({ ms }) => ms)), cpuUs: median(costs.map(({ cpuUs }) => cpuUs)) }
  }
}
