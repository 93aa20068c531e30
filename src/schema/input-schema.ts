import { $ZodOptional, type $ZodType, type $ZodTypes, $ZodUnknown } from 'zod/v4/core'
import { changesValues, overwrites } from './changes-values.ts'
import { cloneWith } from './clone-with.ts'
import { rewriteSchema, withParts } from './rewrite-schema.ts'

const structural = new Set(['min_length', 'max_length', 'length_equals'])

/**
 * The schema of what a producer may give: what changes values is left out, and so are the checks above it, which are written
 * for its output. What is stored is what was given, and the worker parses it at each attempt.
 *
 * `leavesOut` says what is left out. With `runsTransforms` defaults, coercions and their kind stay, and so do the checks above
 * them: the result takes some of the same values.
 */
export function inputSchema(root: $ZodType, leavesOut: (schema: $ZodType) => boolean = changesValues): $ZodType {
  return rewriteSchema(root, (schema, into) => {
    if (!leavesOut(schema)) return schema
    const { def } = (schema as $ZodTypes)._zod
    switch (def.type) {
      case 'pipe':
        return into(def.in)
      case 'default':
      case 'prefault':
        return new $ZodOptional({ type: 'optional', innerType: into(def.innerType) })
      case 'readonly':
        return into(def.innerType)
      case 'string':
        // The checks after a trim() or toLowerCase() hold for what it gives; they can only be asked when it runs.
        return schema
      case 'transform':
      case 'catch':
      case 'success':
      case 'promise':
      case 'function':
        return new $ZodUnknown({ type: 'unknown' })
      default:
        return withParts(withoutChecksOnOutput(schema, leavesOut), into)
    }
  })
}

function withoutChecksOnOutput(schema: $ZodType, leavesOut: (schema: $ZodType) => boolean): $ZodType {
  const { def } = schema._zod
  const checks = def.checks ?? []
  if (checks.length === 0) return schema
  const partsChange = leavesOut(cloneWith(schema, { checks: [] }))
  const firstOverwrite = checks.findIndex(overwrites)
  const onInput = firstOverwrite === -1 ? checks : checks.slice(0, firstOverwrite)
  // The elements of an array may change, but not their number.
  const kept = partsChange
    ? onInput.filter((check) => def.type === 'array' && structural.has(check._zod.def.check))
    : onInput
  return cloneWith(schema, { checks: kept })
}
