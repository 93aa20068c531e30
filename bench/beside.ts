import type { Cost } from './clock.ts'
import type { Cell } from './table.ts'

/** The cells of one cost beside another: how many a second of each, BrineMQ's by the other's, and the CPU time of each. */
export function beside(other: Cost, brine: Cost): Cell[] {
  const [others, brines] = [1000 / other.ms, 1000 / brine.ms]
  return [others, brines, brines / others, other.cpuUs, brine.cpuUs]
}
