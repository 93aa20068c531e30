import type { Class } from './model.ts'

/** Own properties that errors have without showing them. */
export const hiddenInErrors: ReadonlySet<string> = new Set(['message', 'cause', 'errors', 'stack'])

/** Of a class that comes back by its fields: only an AggregateError hides `errors`; others have it as a field like any. */
export function isHidden(name: string, error: Error): boolean {
  return hiddenInErrors.has(name) && (name !== 'errors' || error instanceof AggregateError)
}

/**
 * An empty error of a class, whose constructor does not run. Its stack is settled at once: V8 would make it when it is first
 * touched, of whatever `name` and `message` a text has put there by then, and making a string of that may never end.
 */
export function allocateError<T extends object>(errorClass: Class<T>): T {
  return withoutFrames(() => {
    const error: T = Reflect.construct(Error, [], errorClass)
    defineStack(error, '')
    return error
  })
}

/** What `make` gives, without the frames of a stack: nobody wants them, and gathering them costs more than the rest of an error. */
export function withoutFrames<T>(make: () => T): T {
  const { stackTraceLimit } = Error
  // With a limit of 0, V8 would still ask `Error.prepareStackTrace` for a stack, and that may read a message that throws.
  Reflect.set(Error, 'stackTraceLimit', undefined)
  try {
    return make()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/**
 * Gives a decoded error a stack of its name and message alone. The frames of the decoder would send whoever reads a log to
 * the wrong place.
 */
export function headStack(error: object): void {
  const kind = textOf(error, 'name')
  const text = textOf(error, 'message')
  defineStack(error, text === '' ? kind : `${kind}: ${text}`)
}

// A text may put anything here, and a getter of the class may throw.
function textOf(error: object, name: 'name' | 'message'): string {
  try {
    const part: unknown = Reflect.get(error, name)
    return typeof part === 'string' ? part : ''
  } catch {
    return ''
  }
}

function defineStack(error: object, value: string): void {
  Object.defineProperty(error, 'stack', { value, enumerable: false, writable: true, configurable: true })
}
