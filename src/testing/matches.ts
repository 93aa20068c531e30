import { isDeepStrictEqual } from 'node:util'
import { inThisRealm } from '../realm/in-this-realm.ts'

/** What a value is held against: plain objects name some of its properties, everything else is equal or a test framework's matcher. */
export type Expected<T> =
  | T
  | (T extends readonly unknown[] ? { [I in keyof T]: Expected<T[I]> } : T extends object ? PartOf<T> : never)
  | Matcher

// A method cannot be expected: instances are held against their properties.
type PartOf<T> = { [K in keyof T as T[K] extends (...given: never[]) => unknown ? never : K]?: Expected<T[K]> }

/** Such as `expect.any(Date)` and `expect.objectContaining({ … })` of vitest and jest. */
export interface Matcher {
  asymmetricMatch(value: unknown): boolean
}

/** Whether `value` has at least what `expected` has. What is expected may be of another realm; values come out of the codec. */
export function matches(value: unknown, expected: unknown): boolean {
  return fits(value, inThisRealm(expected))
}

function fits(value: unknown, expected: unknown): boolean {
  if (isMatcher(expected)) return expected.asymmetricMatch(value)
  if (Array.isArray(expected)) {
    return (
      Array.isArray(value) &&
      value.length === expected.length &&
      expected.every((element, index) => fits(value[index], element))
    )
  }
  if (!isPlain(expected)) return isDeepStrictEqual(value, expected)
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(expected).every(([name, part]) => name in value && fits(Reflect.get(value, name), part))
  )
}

function isMatcher(expected: unknown): expected is Matcher {
  return (
    typeof expected === 'object' && expected !== null && typeof Reflect.get(expected, 'asymmetricMatch') === 'function'
  )
}

function isPlain(expected: unknown): expected is Record<string, unknown> {
  if (typeof expected !== 'object' || expected === null) return false
  const prototype: unknown = Object.getPrototypeOf(expected)
  return prototype === null || prototype === Object.prototype
}
