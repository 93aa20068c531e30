import { types } from 'node:util'

/**
 * Whether a value is an error, of whichever realm. Anybody may throw anything: the traps of a thrown proxy may throw, and then it
 * is none.
 */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error
  } catch {
    return false
  }
}
