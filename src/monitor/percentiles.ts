/** How times are spread, in milliseconds, by the nearest rank. */
export interface Spread {
  readonly median: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** Undefined of no times. */
export function spreadOf(times: readonly number[]): Spread | undefined {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
  const [median, p95, p99, max] = [at(0.5), at(0.95), at(0.99), at(1)]
  if (median === undefined || p95 === undefined || p99 === undefined || max === undefined) return undefined
  return { median, p95, p99, max }
}
