import type { $ZodType } from 'zod/v4/core'
import type { Effort } from './effort.ts'
import { withFewIssues } from './few-issues.ts'
import { type CountVisits, countVisits } from './visits.ts'

/** A schema, and what keeps values from making its walks or its issues too many. */
export interface BoundedSchema {
  /** The schema to parse `value` with: itself, or its copy that keeps few issues. Throws LIMIT_EXCEEDED. */
  for(value: unknown, effort: Effort): $ZodType
}

// Fewer issues than that are no burden.
const manyVisits = 10_000

/** Worked out when it is first used: shapes may refer to what is defined after them. */
export function boundSchema(schema: $ZodType): BoundedSchema {
  let count: CountVisits | undefined
  let few: $ZodType | undefined
  let known = false
  return {
    for(value, effort) {
      if (!known) count = countVisits(schema)
      known = true
      if (count === undefined) return schema
      const { left } = effort
      const shares = count(value, effort)
      if (!shares && left - effort.left <= manyVisits) return schema
      few ??= withFewIssues(schema)
      return few
    },
  }
}
