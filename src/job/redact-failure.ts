import { types } from 'node:util'
import { BrineError } from '../errors.ts'

/** What BullMQ stores of a failure, which anybody reads who reads Redis. */
export interface RedactedFailure {
  message: string
  stack: string
}

const remedy = 'what was thrown is sealed; job.result() and the monitor give it to those who have the keys'
const longestName = 100

/**
 * What is told of something that was thrown where texts are sealed: the name of its class. Its message may hold values of the
 * payload, and its stack begins with the message. Errors of ours hold none, but for the one that repeats what was thrown.
 */
export function redactFailure(thrown: unknown): RedactedFailure {
  const ours = isOurs(thrown) && thrown.code !== 'JOB_FAILED'
  const message = ours ? thrown.message : `${nameOf(thrown)}: ${remedy}`
  return { message, stack: message }
}

// Not one of a class that extends ours, whose message is its author's.
function isOurs(thrown: unknown): thrown is BrineError {
  try {
    return types.isNativeError(thrown) && Object.getPrototypeOf(thrown) === BrineError.prototype
  } catch {
    return false
  }
}

// The class's own name: the property `name` of an instance may be anything.
function nameOf(thrown: unknown): string {
  try {
    if (typeof thrown !== 'object' || thrown === null) return typeof thrown
    if (isOurs(thrown)) return thrown.code
    const found: unknown = Object.getPrototypeOf(thrown)?.constructor?.name
    return typeof found === 'string' && /^\w+$/.test(found) ? found.slice(0, longestName) : 'Error'
  } catch {
    return 'Error'
  }
}
