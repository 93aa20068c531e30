/**
 * A time as Redis has it, in milliseconds since 1970; undefined for what is no number, or is more than a Date can hold. An invalid Date would
 * throw where somebody prints it.
 */
export function readTime(ms: number | undefined): Date | undefined {
  const at = new Date(ms ?? Number.NaN)
  return Number.isNaN(at.getTime()) ? undefined : at
}

const latestMs = 8.64e15

/** The same for what always has a time: the nearest that a Date can hold. Of a number. */
export function nearestTime(ms: number): Date {
  return new Date(Math.max(-latestMs, Math.min(ms, latestMs)))
}
