import type { $ZodType } from 'zod/v4/core'
import type { Effort } from './effort.ts'
import { withFewIssues } from './few-issues.ts'
import { type CountVisits, countVisits } from './visits.ts'

export interface BoundedParse {
  /** The schema itself, or its copy that keeps few issues. */
  schema: $ZodType
  /** Whether zod is to end at the first issue, as far as it can. */
  abortEarly: boolean
}

/** A schema, and what keeps values from making its walks or its issues too many. */
export interface BoundedSchema {
  /** How to parse `value`. Throws LIMIT_EXCEEDED. */
  for(value: unknown, effort: Effort): BoundedParse
}

// Fewer issues than that are no burden.
const manyVisits = 10_000

/** Worked out when it is first used: shapes may refer to what is defined after them. */
export function boundSchema(schema: $ZodType): BoundedSchema {
  let count: CountVisits | undefined
  const plain: BoundedParse = { schema, abortEarly: false }
  let few: BoundedParse | undefined
  let known = false
  return {
    for(value, effort) {
      if (!known) count = countVisits(schema)
      known = true
      if (count === undefined) return plain
      const { left } = effort
      const shares = count(value, effort)
      if (!shares && left - effort.left <= manyVisits) return plain
      few ??= { schema: withFewIssues(schema), abortEarly: true }
      return few
    },
  }
}
