import { $ZodAsyncError, type $ZodIssue, type $ZodType, type ParsePayload } from 'zod/v4/core'
import { inThisRealm } from '../realm/in-this-realm.ts'
import { countingSchema } from './counting-schema.ts'
import type { Effort } from './effort.ts'
import { Walk } from './walk.ts'
import { wrapUserCode } from './wrap-user-code.ts'

/** The outcome of a parse. `value` is the value that was parsed: the given one, its snapshot, or its copy in this realm. */
export type Parsed = { value: unknown } & ({ issues: readonly $ZodIssue[] } | { issues?: undefined; data: unknown })

/** A schema whose walks, recursion and issues are bounded. */
export interface BoundedSchema {
  /**
   * Parses a value. Throws LIMIT_EXCEEDED, $ZodAsyncError when a check or transform returns a promise, and what zod and the user's
   * functions throw.
   */
  parse(value: unknown, effort: Effort): Parsed
  /** The same with asynchronous checks. */
  parseLater(value: unknown, effort: Effort): Promise<Parsed>
}

/** The schema is read when it is first used: shapes may refer to schemas that are defined after them. */
export function boundSchema(schema: $ZodType): BoundedSchema {
  let known: $ZodType | undefined
  let isSynchronous = false

  // zod loses promises: those of a synchronous parse, and all that are open when something throws. Their rejections would end the
  // process. zod's own error is no reliable sign of a promise: the class differs between copies of zod, and an object with an
  // asynchronous transform throws a TypeError.
  function call<T>(code: () => T): T {
    if (isSynchronous) return refusePromise(code())
    let result: T | Promise<never>
    try {
      result = code()
    } catch (error) {
      result = Promise.reject(error)
    }
    if (result instanceof Promise) ignoreRejection(result)
    return result as T
  }

  function run(value: unknown, walk: Walk): ParsePayload | Promise<ParsePayload> {
    if (known === undefined) {
      const wrapped = wrapUserCode(schema, call)
      known = countingSchema(wrapped) ?? wrapped
    }
    const before = isSynchronous
    isSynchronous = !walk.async
    try {
      return known._zod.run({ value, issues: [] }, walk)
    } catch (error) {
      // Nothing has come of it.
      walk.effort.giveBack(walk.spent)
      throw walk.refusal ?? error
    } finally {
      isSynchronous = before
    }
  }

  function parse(value: unknown, effort: Effort): Parsed {
    const walk = new Walk(effort, { async: false })
    return settled(value, refusePromise(run(value, walk)), walk)
  }

  return {
    // A value that the schema refuses may hold built-ins of another realm, which zod's `instanceof` does not know. Then the schema
    // judges it as it will come back. Looking for them before would cost every value a walk.
    parse(value, effort) {
      const parsed = parse(value, effort)
      if (parsed.issues === undefined) return parsed
      const own = inThisRealm(value)
      return own === value ? parsed : parse(own, effort)
    },
    async parseLater(value, effort) {
      const walk = new Walk(effort, { async: true })
      return settled(value, await run(value, walk), walk)
    },
  }
}

function refusePromise<T>(result: T): Exclude<T, Promise<unknown>> {
  if (!(result instanceof Promise)) return result as Exclude<T, Promise<unknown>>
  ignoreRejection(result)
  throw new $ZodAsyncError()
}

function ignoreRejection(promise: Promise<unknown>): void {
  promise.catch(() => {})
}

function settled(given: unknown, { issues, value }: ParsePayload, { refusal }: Walk): Parsed {
  if (refusal) throw refusal
  if (issues.length === 0) return { value: given, data: value }
  // zod's own way to finish issues would call the user's functions for messages, which are never shown.
  return { value: given, issues: issues.map((issue) => ({ ...issue, path: issue.path ?? [] }) as $ZodIssue) }
}
