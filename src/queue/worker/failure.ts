import { UnrecoverableError } from 'bullmq'
import type { EnvelopeCodec, Place } from '../../codec/envelope.ts'
import { BrineError, mayRetry } from '../../errors.ts'
import { type ErrorClass, errors } from '../../model/built-in-classes.ts'
import { twinOf } from '../../realm/built-in-of.ts'
import { isError } from '../../realm/is-error.ts'
import { HandlerFailure } from './handler-failure.ts'
import { tellSealed } from './told-failure.ts'

const longestMessage = 10_000
const deepestCause = 20

/** What BullMQ is told of something that was thrown. It throws nothing itself, whatever was thrown. */
export function describeFailure(thrown: unknown, codec: EnvelopeCodec, place: Place): HandlerFailure {
  // An isolated handler's was described where it was thrown.
  if (HandlerFailure.is(thrown)) return thrown
  const told = codec.sealed ? tellSealed(thrown) : { message: messageOf(thrown), stack: textAt(thrown, 'stack') ?? '' }
  return new HandlerFailure({
    thrown,
    encoded: encodeFailure(thrown, codec, place),
    ...told,
    retry: mayTryAgain(thrown),
  })
}

/**
 * The text of something that was thrown. What cannot travel as it is (an unregistered class, a function among its
 * properties) goes as the built-in error that it extends, with the same name, message, cause, errors and primitive
 * properties, since a failure must be told in any case; undefined when even that is too large.
 */
export function encodeFailure(thrown: unknown, codec: EnvelopeCodec, place: Place): string | undefined {
  for (const form of [() => thrown, () => plain(thrown, canTravel(codec, place)), () => shortened(thrown, place.job)]) {
    try {
      return codec.encode(form(), place)
    } catch {
      // The next form is poorer, and likelier to pass.
    }
  }
  return undefined
}

function canTravel(codec: EnvelopeCodec, place: Place) {
  return (value: unknown): boolean => {
    try {
      codec.encode(value, place)
      return true
    } catch {
      return false
    }
  }
}

function plain(thrown: unknown, travels: (value: unknown) => boolean, depth = 0): unknown {
  if (!isError(thrown)) return shortened(thrown, undefined)
  const error = thrown instanceof BrineError ? thrown.relocated({}) : plainError(thrown)
  const cause: unknown = Object.getOwnPropertyDescriptor(thrown, 'cause')?.value
  const part = (inner: unknown) => (travels(inner) ? inner : plain(inner, travels, depth + 1))
  if (cause !== undefined && depth < deepestCause) hide(error, 'cause', part(cause))
  const errors: unknown = Object.getOwnPropertyDescriptor(thrown, 'errors')?.value
  if (Array.isArray(errors) && depth < deepestCause) hide(error, 'errors', errors.map(part))
  return error
}

function plainError(thrown: Error): Error {
  const error: Error = Reflect.construct(Error, [], nearestBuiltIn(thrown))
  hide(error, 'message', messageOf(thrown))
  const name = textAt(thrown, 'name')
  if (name !== undefined && name !== error.name) Object.assign(error, { name })
  for (const [key, { enumerable, value }] of Object.entries(Object.getOwnPropertyDescriptors(thrown))) {
    if (enumerable === true && key !== 'message' && isPrimitive(value)) Object.assign(error, { [key]: value })
  }
  return error
}

// As errors have these: without showing them.
function hide(error: Error, name: 'message' | 'cause' | 'errors', value: unknown): void {
  Object.defineProperty(error, name, { value, enumerable: false, writable: true, configurable: true })
}

// So that `catch` blocks that ask for a TypeError find one, as with the errors of Node's own modules.
function nearestBuiltIn(thrown: Error): ErrorClass {
  for (
    let at: unknown = Object.getPrototypeOf(thrown);
    typeof at === 'object' && at !== null;
    at = Object.getPrototypeOf(at)
  ) {
    const twin = twinOf(at)
    for (const error of errors.values()) if (error.prototype === twin) return error
  }
  return Error
}

function shortened(thrown: unknown, job: string | undefined): BrineError {
  return new BrineError('JOB_FAILED', messageOf(thrown).slice(0, longestMessage), { job })
}

/** The message for BullMQ's `failedReason`: the handler's own, or a word on what it threw in place of an error. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  const message = textAt(thrown, 'message')
  if (message !== undefined && isError(thrown)) return message
  return `the handler threw ${thrown === null ? 'null' : `a value of type ${typeof thrown}`}; throw an Error instead`
}

function mayTryAgain(thrown: unknown): boolean {
  try {
    return (
      mayRetry(thrown) && !(thrown instanceof UnrecoverableError) && textAt(thrown, 'name') !== 'UnrecoverableError'
    )
  } catch {
    return true
  }
}

function isPrimitive(value: unknown): boolean {
  return value !== undefined && (value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value))
}

// A getter may throw, and a proxy too: what was thrown is anything.
function textAt(value: unknown, key: 'message' | 'stack' | 'name'): string | undefined {
  try {
    const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
