import { types } from 'node:util'
import { twinOf } from './built-in-of.ts'

/** Whether a value is an error, of any realm. False for a proxy whose traps throw: a program may throw anything. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error
  } catch {
    return false
  }
}

/** Whether a class extends Error, of any realm. */
export function isErrorClass({ prototype }: { readonly prototype: object }): boolean {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at)) {
    if ((twinOf(at) ?? at) === Error.prototype) return true
  }
  return false
}
