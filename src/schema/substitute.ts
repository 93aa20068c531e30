import { isDeepStrictEqual } from 'node:util'
import { type $ZodIssue, $ZodOptional, type $ZodType, $ZodUnion } from 'zod/v4/core'
import { inThisRealm } from '../realm/in-this-realm.ts'
import { type BoundedSchema, boundSchema } from './bounded-schema.ts'
import { Effort, visitsOf } from './effort.ts'
import { customSchema } from './type-schema.ts'

/**
 * Takes what `inner` takes, and the value of a default: zod does not check that value by the schema behind the default.
 *
 * `give` returns the default. It may call a function of the user's; zod does not say whether it does. If the values differ between calls,
 * a stored value cannot be compared with them. Then the narrowest schema that takes these values decides: `inner`, `type`, or any value.
 */
export function orDefault(inner: $ZodType, give: () => unknown, type: () => $ZodType): $ZodType {
  const defaults = new Defaults(inner, give, type)
  return orTaken(inner, (value) => defaults.take(value))
}

/** Takes what `inner` takes, and one value. */
export function orConstant(inner: $ZodType, constant: unknown): $ZodType {
  // zod leaves out a property of this value.
  if (constant === undefined) return new $ZodOptional({ type: 'optional', innerType: inner })
  return orTaken(inner, (value) => isDeepStrictEqual(inThisRealm(constant), value))
}

function orTaken(inner: $ZodType, takes: (value: unknown) => boolean | Promise<boolean>): $ZodType {
  return new $ZodUnion({ type: 'union', options: [inner, customSchema(takes, mark)] })
}

const mark: Record<string, unknown> = Object.freeze({ isSubstitute: true })

/** Whether the issues of an alternative only say that a value is no default. */
export function isNoSubstitute(issues: readonly $ZodIssue[]): boolean {
  return issues.some((issue) => issue.code === 'custom' && issue.params === mark)
}

/** Which values a default gives that `inner` refuses: none, one, those of the type, or any. */
type Others = 'none' | 'one' | 'typed' | 'any'

// A function may return only now and then what `inner` refuses.
const calls = 50
// Time for a function that reads the clock to return another value.
const pauseMs = 2

const threw = Symbol('threw')

class Defaults {
  readonly #inner: $ZodType
  readonly #give: () => unknown
  readonly #type: () => $ZodType
  #typed: BoundedSchema | undefined
  #others: Others | Promise<Others> | undefined
  #one: unknown

  constructor(inner: $ZodType, give: () => unknown, type: () => $ZodType) {
    this.#inner = inner
    this.#give = give
    this.#type = type
  }

  /** For a value that `inner` refuses. The user's function runs only here: most values never come here. */
  take(value: unknown): boolean | Promise<boolean> {
    const now = this.#call()
    if (isDeepStrictEqual(now, value)) return true
    if (this.#others === undefined) this.#start([now])
    else if (this.#others === 'one' && !isDeepStrictEqual(now, this.#one)) this.#start([this.#one, now])
    return whenKnown(
      this.#others ?? 'none',
      (others) => others === 'any' || (others === 'typed' && this.#isTyped(value)),
    )
  }

  // A stranger may have written it, and shared parts of it may take for ever.
  #isTyped(value: unknown): boolean {
    this.#typed ??= boundSchema(this.#type())
    try {
      return this.#typed.parse(value, new Effort(visitsOf())).issues === undefined
    } catch {
      return false
    }
  }

  #start(known: readonly unknown[]): void {
    // The schema of a default may hold the same default again. Until this ends, that takes the value itself alone.
    this.#others = 'none'
    this.#others = this.#judge(known)
  }

  #judge(known: readonly unknown[]): Others | Promise<Others> {
    const values = [...known, ...Array.from({ length: calls }, () => this.#call())]
    return whenKnown(areTaken(this.#inner, values), (areInner) => {
      if (areInner) return 'none'
      if (!this.#vary(values)) return 'one'
      const returned = values.filter((value) => value !== threw)
      return returned.every((value) => this.#isTyped(value)) ? 'typed' : 'any'
    })
  }

  #vary([first, ...others]: readonly unknown[]): boolean {
    this.#one = first
    // Only a function throws.
    if (first === threw || others.some((other) => !isDeepStrictEqual(other, first))) return true
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    return !isDeepStrictEqual(this.#call(), first)
  }

  #call(): unknown {
    try {
      return inThisRealm(this.#give())
    } catch {
      return threw
    }
  }
}

function areTaken(schema: $ZodType, values: readonly unknown[]): boolean | Promise<boolean> {
  const taken = values.map((value) => value !== threw && isTaken(schema, value))
  if (taken.every((one) => typeof one === 'boolean')) return !taken.includes(false)
  return Promise.all(taken).then((all) => !all.includes(false))
}

function isTaken(schema: $ZodType, value: unknown): boolean | Promise<boolean> {
  try {
    const parsed = schema._zod.run({ value, issues: [] }, { async: true })
    if (!(parsed instanceof Promise)) return parsed.issues.length === 0
    return parsed.then(
      ({ issues }) => issues.length === 0,
      () => false,
    )
  } catch {
    // A check of the user's threw.
    return false
  }
}

function whenKnown<T, R>(known: T | Promise<T>, then: (value: T) => R | Promise<R>): R | Promise<R> {
  return known instanceof Promise ? known.then(then) : then(known)
}
