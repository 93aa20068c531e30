import type { $ZodType } from 'zod/v4/core'
import { clone } from 'zod/v4/core'
import { rewriteSchema, withParts } from './rewrite-schema.ts'

/** More issues of one part than anybody is told of. */
export const fewIssues = 8

const holders: ReadonlySet<string> = new Set([
  ...['object', 'array', 'tuple', 'record', 'map', 'set', 'union', 'intersection'],
])

/**
 * A schema that keeps no more than a few issues of each part. zod copies all issues of a shared part to each place where it
 * stands: one wrong number under 28 levels that each hold the next one twice makes 268 million.
 */
export function withFewIssues(root: $ZodType): $ZodType {
  return rewriteSchema(root, (schema, into) => {
    if (!holders.has(schema._zod.def.type)) return undefined
    const parts = withParts(schema, into)
    const own = parts === schema ? clone(schema, schema._zod.def) : parts
    const { run } = own._zod
    own._zod.run = (payload, context) => {
      const result = run(payload, context)
      return result instanceof Promise ? result.then(cut) : cut(result)
    }
    return own
  })
}

function cut<P extends { issues: unknown[] }>(payload: P): P {
  if (payload.issues.length > fewIssues) payload.issues.length = fewIssues
  return payload
}
