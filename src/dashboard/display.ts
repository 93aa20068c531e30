import type { QueueContract } from '../contract/contract.ts'
import type { Model } from '../model/model.ts'
import { type Parts, partsOf } from './sensitive-parts.ts'

/** A value of a job: in which contract, of which job, and whether its sensitive fields may be seen. */
export interface DisplayOptions {
  contract: QueueContract
  job: string | undefined
  part: 'payload' | 'result' | 'progress' | 'error'
  reveal: boolean
}

/** In the place of what may not be seen. */
export const hidden = '[hidden]'

const mostNodes = 2_000
const mostItems = 200
const mostCharacters = 5_000

/** A decoded value as JSON that people read: a graph, walked once, whatever it shares; bounded; with its sensitive fields hidden. */
export function display(value: unknown, { contract, job, part, reveal }: DisplayOptions): unknown {
  const definition = job === undefined ? undefined : contract.jobs[job]
  const schema = part === 'error' ? undefined : definition?.[part]
  return new Display(contract.models, reveal).of(value, partsOf(schema), '$')
}

class Display {
  readonly #models: ReadonlyMap<object, Model>
  readonly #reveal: boolean
  readonly #seen = new Map<object, string>()
  #nodes = 0

  constructor(models: readonly Model[], reveal: boolean) {
    this.#models = new Map(models.map((model) => [model.class.prototype, model]))
    this.#reveal = reveal
  }

  of(value: unknown, parts: Parts, path: string): unknown {
    if (!this.#reveal && value !== undefined && parts.sensitive) return hidden
    switch (typeof value) {
      case 'string':
        return value.length > mostCharacters ? `${value.slice(0, mostCharacters)}… (${value.length} characters)` : value
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : `${value}`
      case 'bigint':
        return `${shortened(value)}n`
      case 'undefined':
        return 'undefined'
      case 'object':
        return value === null ? null : this.#ofObject(value, parts, path)
      default:
        return value
    }
  }

  #ofObject(value: object, parts: Parts, path: string): unknown {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof URL || value instanceof RegExp || value instanceof URLSearchParams) return `${value}`
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      return `${value.constructor.name} (${value.byteLength} bytes)`
    }
    const before = this.#seen.get(value)
    if (before !== undefined) return `[as ${before}]`
    if (this.#nodes++ > mostNodes) return '[more]'
    this.#seen.set(value, path)
    if (Array.isArray(value)) return this.#list(value, parts.value, path)
    if (value instanceof Set) return { [classOf(value, 'Set')]: this.#list([...value], parts.value, path) }
    if (value instanceof Map) return { [classOf(value, 'Map')]: this.#pairs(value, parts, path) }
    const model = this.#models.get(Object.getPrototypeOf(value))
    const members = this.#members(value, model ? partsOf(model.fields) : parts, path)
    const name = value instanceof Error ? value.name : classOf(value, 'Object')
    return name === 'Object' ? members : { class: name, ...members }
  }

  #list(list: readonly unknown[], parts: Parts, path: string): unknown[] {
    const shown = list.slice(0, mostItems).map((one, at) => this.of(one, parts, `${path}[${at}]`))
    return list.length > mostItems ? [...shown, `… ${list.length - mostItems} more`] : shown
  }

  #pairs(map: Map<unknown, unknown>, { key, value }: Parts, path: string): unknown[] {
    return [...map].slice(0, mostItems).map(([one, of], at) => {
      return [this.of(one, key, `${path}.key(${at})`), this.of(of, value, `${path}.value(${at})`)]
    })
  }

  #members(value: object, { property }: Parts, path: string): Record<string, unknown> {
    const members: Record<string, unknown> = {}
    const names = value instanceof Error ? ['message', 'code', 'cause', ...Object.keys(value)] : Object.keys(value)
    for (const name of new Set(names)) {
      const own = Object.getOwnPropertyDescriptor(value, name)
      if (!own || !('value' in own)) continue
      members[name === '__proto__' ? '(__proto__)' : name] = this.of(own.value, property(name), `${path}.${name}`)
    }
    return members
  }
}

function shortened(value: bigint): string {
  const digits = value.toString()
  return digits.length > 200 ? `${digits.slice(0, 200)}…` : digits
}

function classOf(value: object, plain: string): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (typeof prototype !== 'object' || prototype === null) return plain
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return typeof made === 'function' && typeof made.name === 'string' && made.name !== '' ? made.name : plain
}
