import { BrineError } from '../../errors.ts'
import { type ErrorClass, errors } from '../../model/built-in-classes.ts'
import { twinOf } from '../../realm/built-in-of.ts'
import { isError } from '../../realm/is-error.ts'

/** The message of a failure for people: the error's own, or what was thrown in place of an error. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  const message = textAt(thrown, 'message')
  if (message !== undefined && isError(thrown)) return message
  return `the handler threw ${thrown === null ? 'null' : `a value of type ${typeof thrown}`}; throw an Error instead`
}

/** A text of something that was thrown. Its getters, and the traps of a proxy, may throw themselves. */
export function textAt(value: unknown, key: 'message' | 'stack' | 'name'): string | undefined {
  try {
    const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

/** Stands for a message that throws when it is read. */
export const unreadableMessage = 'the message of this error could not be read'

const classes: ReadonlyMap<object, ErrorClass | typeof BrineError> = new Map<object, ErrorClass | typeof BrineError>(
  [...errors.values(), BrineError].map((one) => [one.prototype, one]),
)

/** The class without a model that an error extends: a `catch` that expects a TypeError finds one, as with errors of Node's modules. */
export function nearestBuiltIn(error: object): ErrorClass | typeof BrineError {
  for (let at: unknown = Object.getPrototypeOf(error); typeof at === 'object' && at !== null; ) {
    const found = classes.get(at) ?? classes.get(twinOf(at) ?? at)
    if (found) return found
    at = Object.getPrototypeOf(at)
  }
  return Error
}
