import { inspect } from 'node:util'
import { summaryOf } from './summary.ts'

/** In place of a value, in what `util.inspect` prints. */
class Summary {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  [inspect.custom](): string {
    return `<${this.#text}>`
  }
}

/** What `inspect` is to print in place of a value: its type and its size. */
function summarized(value: unknown): unknown {
  return value === undefined ? undefined : new Summary(summaryOf(value))
}

/** What `inspect` is to print in place of a stored text: its size. */
export function sized(text: string): unknown {
  return new Summary(`text of ${Buffer.byteLength(text)} bytes`)
}

/**
 * Has `console.log` and `util.inspect` print the types and sizes of some of an object's properties, and not their values: a job that
 * is looked at in passing tells no payload. Only printing changes; the properties are what they were.
 */
export function quiet<T extends object>(object: T, names: readonly string[]): T {
  Object.defineProperty(object, inspect.custom, { value: printer(names), configurable: true, writable: true })
  return object
}

type Print = (this: object, depth: number, options: object) => string

const printers = new Map<string, Print>()

// There are as many events as jobs, and few kinds.
function printer(names: readonly string[]): Print {
  const key = names.join()
  let print = printers.get(key)
  if (print === undefined) {
    print = function (_depth, options) {
      const shown: Record<string, unknown> = { ...this }
      for (const name of names) if (name in shown) shown[name] = summarized(shown[name])
      return inspect(shown, options)
    }
    printers.set(key, print)
  }
  return print
}
