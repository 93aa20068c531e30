import type { $ZodCheck, $ZodChecks, $ZodType } from 'zod/v4/core'

/** A schema's checks, as one test. */
export interface Checks<T> {
  test: (value: T) => boolean
  /** Whether these are all the checks that the schema has. */
  exact: boolean
  /** Whether there are none. */
  isFree: boolean
}

type ReadCheck<T> = (def: $ZodChecks['_zod']['def']) => ((value: T) => boolean) | undefined

const surrogate = /[\ud800-\udfff]/

// zod counts code points. Where those are not as many as there are units, it is asked.
const units = (value: string) => (surrogate.test(value) ? Number.NaN : value.length)

/** The formats that zod decides by their pattern alone. */
const patterned: ReadonlySet<string> = new Set([
  ...['regex', 'email', 'guid', 'uuid', 'nanoid', 'cuid', 'cuid2', 'ulid', 'xid', 'ksuid'],
  ...['datetime', 'date', 'time', 'duration', 'ipv4', 'cidrv4', 'e164'],
])

export function stringChecks(schema: $ZodType): Checks<string> {
  return readChecks(schema, (def) => {
    switch (def.check) {
      case 'min_length':
        return (value) => units(value) >= def.minimum
      case 'max_length':
        // There are never more code points than units.
        return (value) => value.length <= def.maximum
      case 'length_equals':
        return (value) => units(value) === def.length
      case 'string_format': {
        const { pattern } = def
        if (!patterned.has(def.format) || pattern === undefined) return undefined
        return (value) => {
          pattern.lastIndex = 0
          return pattern.test(value)
        }
      }
      default:
        return undefined
    }
  })
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  safeint: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
}

export function numberChecks(schema: $ZodType): Checks<number> {
  return readChecks(schema, (def) => {
    if (def.check !== 'number_format') return compare(def)
    const [least, most] = ranges[def.format] ?? [undefined, undefined]
    if (least === undefined || most === undefined) return undefined
    return (value) => Number.isInteger(value) && value >= least && value <= most
  })
}

export function bigintChecks(schema: $ZodType): Checks<bigint> {
  return readChecks(schema, compare)
}

/** Of the milliseconds. */
export function dateChecks(schema: $ZodType): Checks<number> {
  return readChecks(schema, compare)
}

/** Of the number of elements. */
export function sizeChecks(schema: $ZodType): Checks<number> {
  return readChecks(schema, (def) => {
    switch (def.check) {
      case 'min_length':
      case 'min_size':
        return (size) => size >= def.minimum
      case 'max_length':
      case 'max_size':
        return (size) => size <= def.maximum
      case 'length_equals':
        return (size) => size === def.length
      case 'size_equals':
        return (size) => size === def.size
      default:
        return undefined
    }
  })
}

function compare(def: $ZodChecks['_zod']['def']): ((value: number | bigint) => boolean) | undefined {
  if (def.check !== 'greater_than' && def.check !== 'less_than') return undefined
  const bound = def.value instanceof Date ? def.value.getTime() : def.value
  if (typeof bound !== 'number' && typeof bound !== 'bigint') return undefined
  if (def.check === 'less_than') return def.inclusive ? (value) => value <= bound : (value) => value < bound
  return def.inclusive ? (value) => value >= bound : (value) => value > bound
}

function readChecks<T>(schema: $ZodType, read: ReadCheck<T>): Checks<T> {
  // A schema of a format, such as z.email(), is its own first check.
  const own = isCheck(schema) ? [schema] : []
  const tests: ((value: T) => boolean)[] = []
  let exact = true
  for (const check of [...own, ...(schema._zod.def.checks ?? [])]) {
    const { def } = (check as $ZodChecks)._zod
    const test = read(def)
    if (test === undefined) exact = false
    else tests.push(test)
  }
  const [first, second] = tests
  if (first === undefined) return { test: () => true, exact, isFree: exact }
  if (second === undefined) return { test: first, exact, isFree: false }
  return { test: (value) => tests.every((test) => test(value)), exact, isFree: false }
}

function isCheck(schema: $ZodType): schema is $ZodType & $ZodCheck<never> {
  return 'check' in schema._zod.def
}
