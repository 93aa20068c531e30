import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import { changesValues, overwrites } from './changes-values.ts'
import { partsOf, wrappedBy } from './schema-parts.ts'

// They change values too, by what zod itself does or a function that makes one value: running them for a check costs nothing.
const harmless: ReadonlySet<string> = new Set(['pipe', 'default', 'prefault', 'catch', 'readonly'])

/**
 * Whether parsing calls a user's function with the value to make another: transforms, preprocesses, codecs. Kinds of schema that
 * are unknown here count.
 */
export function runsTransforms(schema: $ZodType, seen: Set<$ZodType> = new Set()): boolean {
  if (seen.has(schema)) return false
  seen.add(schema)
  const { def } = (schema as $ZodTypes)._zod
  if (def.type === 'pipe' && 'transform' in def) return true
  const parts = harmless.has(def.type) ? wrappedBy(schema) : partsOf(schema)
  return parts === undefined || parts.some((part) => runsTransforms(part, seen))
}

/**
 * Whether a schema has checks on a changed value (one with a default, say) that can be made without running a transform: a
 * refinement of an object whose fields have defaults, a bound on a coerced number.
 */
export function checksChanged(schema: $ZodType, seen: Set<$ZodType> = new Set()): boolean {
  if (seen.has(schema)) return false
  seen.add(schema)
  if (!changesValues(schema)) return false
  const { def } = (schema as $ZodTypes)._zod
  const isChecked = def.type === 'pipe' || def.checks?.some((check) => !overwrites(check)) === true
  if (isChecked && !runsTransforms(schema)) return true
  return (wrappedBy(schema) ?? partsOf(schema) ?? []).some((part) => checksChanged(part, seen))
}
