// A day, or a time with its zone: without one it would be another instant on another machine.
const isoTime = /^(?:\d{4}|[+-]\d{6})-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/

/** The time that a text tells, if it tells one. */
export function dateIn(given: unknown): Date | undefined {
  if (typeof given !== 'string' || !isoTime.test(given)) return undefined
  const date = new Date(given)
  return Number.isNaN(date.getTime()) ? undefined : date
}

const longestDigits = 4_096

/** The integer of a number that is exact, or of its digits. */
export function bigintIn(given: unknown): bigint | undefined {
  if (typeof given === 'number') return Number.isSafeInteger(given) ? BigInt(given) : undefined
  if (typeof given !== 'string' || given.length > longestDigits || !/^-?\d+$/.test(given)) return undefined
  return BigInt(given)
}
