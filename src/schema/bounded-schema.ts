import { $ZodAsyncError, type $ZodIssue, type $ZodType, type ParsePayload } from 'zod/v4/core'
import { inThisRealm } from '../realm/in-this-realm.ts'
import { countingSchema } from './counting-schema.ts'
import type { Effort } from './effort.ts'
import { Walk } from './walk.ts'

/** What zod made of `value`: of the one that was given, its snapshot, or what it is in this realm. */
export type Parsed = { value: unknown } & ({ issues: readonly $ZodIssue[] } | { issues?: undefined; data: unknown })

/** A schema, and what keeps values from making its walks, its recursion or its issues too many. */
export interface BoundedSchema {
  /** What zod makes of a value. Throws LIMIT_EXCEEDED, and what zod throws, such as $ZodAsyncError at an asynchronous check. */
  parse(value: unknown, effort: Effort): Parsed
  /** The same with asynchronous checks. */
  parseLater(value: unknown, effort: Effort): Promise<Parsed>
}

/** Worked out when it is first used: shapes may refer to what is defined after them. */
export function boundSchema(schema: $ZodType): BoundedSchema {
  let known: $ZodType | undefined

  function run(value: unknown, walk: Walk): ParsePayload | Promise<ParsePayload> {
    known ??= countingSchema(schema) ?? schema
    try {
      return known._zod.run({ value, issues: [] }, walk)
    } catch (error) {
      // Nothing has come of it.
      walk.effort.giveBack(walk.spent)
      throw walk.refusal ?? error
    }
  }

  function parse(value: unknown, effort: Effort): Parsed {
    const walk = new Walk(effort, { async: false })
    const payload = run(value, walk)
    if (payload instanceof Promise) throw new $ZodAsyncError()
    return settled(value, payload, walk)
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

function settled(given: unknown, { issues, value }: ParsePayload, { refusal }: Walk): Parsed {
  if (refusal) throw refusal
  if (issues.length === 0) return { value: given, data: value }
  // zod makes these of its own issues by asking for messages, which are the user's code and are not told.
  return { value: given, issues: issues.map((issue) => ({ ...issue, path: issue.path ?? [] }) as $ZodIssue) }
}
