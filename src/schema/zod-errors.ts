import { $ZodAsyncError } from 'zod/v4/core'
import { isError } from '../realm/is-error.ts'

// Schemas of another copy of zod throw errors of other classes. A CommonJS app has two copies: its own, and the ES modules of this package.

const { message } = new $ZodAsyncError()

/** Whether zod threw it because a synchronous parse met a promise. zod gives this error no name, but its message never varies. */
export function isAsyncError(error: unknown): boolean {
  return isError(error) && error.message === message
}

/** Whether zod threw it because a cycle closes through a transform. */
export function isCyclicError(error: unknown): boolean {
  return isError(error) && error.name === 'ZodCyclicError'
}
