import { BrineError } from './errors.ts'

/** Refuses options that nobody reads, which mostly are misspelt. Throws OPTIONS_INVALID, with the name as its path. */
export function checkOptions(given: unknown, known: readonly string[], what: string): void {
  if (typeof given !== 'object' || given === null) {
    throw new BrineError('OPTIONS_INVALID', `${what} takes an object of options: ${known.join(', ')}`)
  }
  const stray = Object.keys(given).find((name) => !known.includes(name))
  if (stray === undefined) return
  throw new BrineError('OPTIONS_INVALID', `is not an option of ${what}; the options are ${known.join(', ')}`, {
    path: stray,
  })
}
