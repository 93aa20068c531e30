import type { Cost } from './clock.ts'
import { median } from './measure.ts'

/** What one round found, by what was done. */
export type Costs = ReadonlyMap<string, Cost>

/** What was measured, of which it tells the medians. */
export class Findings<Row, Name extends string> {
  readonly #found: { row: Row; name: Name; task: string; cost: Cost }[] = []

  add(row: Row, name: Name, task: string, cost: Cost): void {
    this.#found.push({ row, name, task, cost })
  }

  readonly median = (row: Row, name: Name, task: string): Cost => {
    const costs = this.#found.flatMap((one) =>
      one.row === row && one.name === name && one.task === task ? [one.cost] : [],
    )
    return { ms: median(costs.map(({ ms }) => ms)), cpuUs: median(costs.map(({ cpuUs }) => cpuUs)) }
  }
}

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
  const findings = new Findings<Row, Name>()
  const subjects = rows.flatMap((row) => names.map((name) => ({ row, name })))
  for (let round = 0; round <= rounds; round += 1) {
    for (const { row, name } of inTurn(subjects, round)) {
      const costs = await play(row, name)
      if (round > 0) for (const [task, cost] of costs) findings.add(row, name, task, cost)
    }
  }
  return findings.median
}

/** Now in this order and now in the other. */
export function inTurn<T>(all: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? all : all.toReversed()
}
