import type { BrineErrorCode } from '../../../src/errors.ts'

/** A value that does not travel, and how the producer hears of it. */
export interface Refusal {
  name: string
  value: () => unknown
  code: BrineErrorCode
  path: string
}

type Row = readonly [name: string, value: () => unknown, path?: string]

/** Rows of one code; the path is `$`, the whole, unless a row says otherwise. */
export function refused(code: BrineErrorCode, rows: readonly Row[]): Refusal[] {
  return rows.map(([name, value, path = '$']) => ({ name, value, code, path }))
}

/** The object with one more property, as Object.defineProperty makes it. */
export function withProperty<T extends object>(object: T, name: PropertyKey, property: PropertyDescriptor): T {
  return Object.defineProperty(object, name, { configurable: true, enumerable: true, ...property })
}

/** The object with another prototype. */
export function borrowing<T extends object>(object: T, prototype: object | null): T {
  return Object.setPrototypeOf(object, prototype)
}

export const accessor: PropertyDescriptor = {
  get() {
    throw new Error('an accessor ran')
  },
}
