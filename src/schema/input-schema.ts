import { $ZodOptional, type $ZodType, type $ZodTypes, $ZodUnknown, clone } from 'zod/v4/core'
import { changesValues, overwrites } from './changes-values.ts'
import { rewriteSchema, withParts } from './rewrite-schema.ts'

const structural = new Set(['min_length', 'max_length', 'length_equals'])

/**
 * The schema of what a producer may give: each transform is left out, and so are the checks above it, which are written for
 * its output. What is stored is what was given, and the user's transforms run once, in the worker.
 */
export function inputSchema(root: $ZodType): $ZodType {
  return rewriteSchema(root, (schema, into) => {
    if (!changesValues(schema)) return schema
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
        return withParts(withoutChecksOnOutput(schema), into)
    }
  })
}

function withoutChecksOnOutput(schema: $ZodType): $ZodType {
  const { def } = schema._zod
  const checks = def.checks ?? []
  if (checks.length === 0) return schema
  const partsChange = changesValues(clone(schema, { ...def, checks: [] }))
  const firstOverwrite = checks.findIndex(overwrites)
  const onInput = firstOverwrite === -1 ? checks : checks.slice(0, firstOverwrite)
  // The elements of an array may change, but not their number.
  const kept = partsChange
    ? onInput.filter((check) => def.type === 'array' && structural.has(check._zod.def.check))
    : onInput
  return clone(schema, { ...def, checks: kept })
}
