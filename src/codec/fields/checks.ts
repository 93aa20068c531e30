/** What a schema asks of a value beside its kind. */
export type Check =
  | { readonly of: 'length' | 'size'; readonly least?: number; readonly most?: number }
  | {
      readonly of: 'bound'
      readonly side: 'least' | 'most'
      readonly value: number | bigint
      readonly inclusive: boolean
    }
  | { readonly of: 'integer'; readonly least: number; readonly most: number }
  | { readonly of: 'pattern'; readonly pattern: RegExp }

/** Of a schema; undefined stands for a check that is the schema's alone to make. */
export type CheckList = readonly (Check | undefined)[]

/** The checks of a schema, as one test. */
export interface Checks<T> {
  test: (value: T) => boolean
  /** Whether these are all the checks that the schema has. */
  exact: boolean
  /** Whether there are none. */
  isFree: boolean
}

const surrogate = /[\ud800-\udfff]/

// Lengths count code points. Where those are not as many as there are units, zod is asked.
const units = (text: string) => (surrogate.test(text) ? Number.NaN : text.length)

export function textTest(checks: CheckList): Checks<string> {
  return together(checks, (check) => {
    switch (check.of) {
      case 'length': {
        const { least = 0, most = Number.POSITIVE_INFINITY } = check
        // There are never more code points than units.
        return (text) => text.length <= most && (least === 0 || units(text) >= least)
      }
      case 'pattern': {
        const { pattern } = check
        return (text) => {
          pattern.lastIndex = 0
          return pattern.test(text)
        }
      }
      default:
        return undefined
    }
  })
}

export function numberTest(checks: CheckList): Checks<number> {
  return together(checks, (check) => {
    if (check.of !== 'integer') return boundTest(check)
    const { least, most } = check
    return (value) => Number.isInteger(value) && value >= least && value <= most
  })
}

/** Of a bigint, or the milliseconds of a Date. */
export function rangeTest<T extends number | bigint>(checks: CheckList): Checks<T> {
  return together(checks, boundTest)
}

/** Of how many a list has (`length`), or a Map or Set (`size`). */
export function countTest(checks: CheckList, of: 'length' | 'size'): Checks<number> {
  return together(checks, (check) => {
    if (check.of !== of) return undefined
    const { least = 0, most = Number.POSITIVE_INFINITY } = check
    return (count) => count >= least && count <= most
  })
}

function boundTest(check: Check): ((value: number | bigint) => boolean) | undefined {
  if (check.of !== 'bound') return undefined
  const { side, value: bound, inclusive } = check
  if (side === 'most') return inclusive ? (value) => value <= bound : (value) => value < bound
  return inclusive ? (value) => value >= bound : (value) => value > bound
}

function together<T>(checks: CheckList, testOf: (check: Check) => ((value: T) => boolean) | undefined): Checks<T> {
  const found = checks.map((check) => check && testOf(check))
  const tests = found.filter((test) => test !== undefined)
  const exact = tests.length === found.length
  const [first, second] = tests
  if (first === undefined) return { test: () => true, exact, isFree: exact }
  if (second === undefined) return { test: first, exact, isFree: false }
  return { test: (value) => tests.every((test) => test(value)), exact, isFree: false }
}
