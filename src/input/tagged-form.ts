import { BrineError } from '../errors.ts'

type Form = readonly [expectation: string, read: (given: unknown, inner: (given: unknown) => unknown) => unknown]

/** What a reader gives for a form that it cannot read. */
const unfit = Symbol('unfit')

const numbers: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
])

/** Values that JSON does not have, each as an object of one key. They are read wherever they stand, whatever the schema. */
const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['$date', ['an ISO 8601 time', (given) => dateIn(given) ?? unfit]],
  ['$bigint', ['a whole number in digits', (given) => bigintIn(given) ?? unfit]],
  ['$number', ["'NaN', 'Infinity', '-Infinity' or '-0'", (given) => numbers.get(given) ?? unfit]],
  ['$undefined', ['true', (given) => (given === true ? undefined : unfit)]],
  ['$bytes', ['base64', (given) => (isBase64(given) ? new Uint8Array(Buffer.from(given, 'base64')) : unfit)]],
  ['$url', ['a URL', (given) => (typeof given === 'string' && URL.canParse(given) ? new URL(given) : unfit)]],
  [
    '$set',
    ['a list', (given, inner) => (Array.isArray(given) ? new Set(given.map((member) => inner(member))) : unfit)],
  ],
  [
    '$map',
    [
      'a list of [key, value]',
      (given, inner) => (isPairs(given) ? new Map(given.map(([key, value]) => [inner(key), inner(value)])) : unfit),
    ],
  ],
])

/**
 * The value of an object that is one of the forms, in a box; undefined for any other object. Throws PAYLOAD_INVALID for a form
 * that is filled with something else.
 */
export function readTagged(
  given: object,
  path: string,
  inner: (given: unknown) => unknown,
): { value: unknown } | undefined {
  const [key, ...others] = Object.keys(given)
  const form = key !== undefined && others.length === 0 ? forms.get(key) : undefined
  if (form === undefined || key === undefined) return undefined
  const [expectation, read] = form
  const value = read(Reflect.get(given, key), inner)
  if (value === unfit) throw new BrineError('PAYLOAD_INVALID', `${key} takes ${expectation}`, { path })
  return { value }
}

// A day, or a time with its zone: without one it would be another instant on another machine.
const isoTime = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/

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

/** Whether it is a list of pairs, as a Map is written. */
export function isPairs(given: unknown): given is [unknown, unknown][] {
  return Array.isArray(given) && given.every((pair) => Array.isArray(pair) && pair.length === 2)
}

function isBase64(given: unknown): given is string {
  return typeof given === 'string' && /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(given)
}
