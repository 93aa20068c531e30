import type { $ZodCheck, $ZodChecks, $ZodType, $ZodTypes } from 'zod/v4/core'
import { partsOf } from './schema-parts.ts'

/**
 * Whether parsing is meant to give another value than went in: transforms, pipes, codecs, defaults, catches, coercions,
 * trimming and their kind. Kinds of schema that are unknown here count as changing.
 *
 * What zod does beside that is not counted, since it shows only in some values, where it is looked for (see same-value.ts):
 * it drops keys that an object does not declare, and trims URLs. A `superRefine` that assigns to its payload is taken at
 * zod's word that it does not.
 */
export function changesValues(schema: $ZodType, seen: Set<$ZodType> = new Set()): boolean {
  if (seen.has(schema)) return false
  seen.add(schema)
  const { def } = (schema as $ZodTypes)._zod
  if (def.checks?.some(overwrites) || ('coerce' in def && def.coerce === true) || normalizes(def)) return true
  const parts = partsOf(schema)
  return parts === undefined || parts.some((part) => changesValues(part, seen))
}

/** A check that replaces the value: trim, toLowerCase, normalize, `overwrite`. */
export function overwrites(check: $ZodCheck<never>): boolean {
  const { def } = (check as $ZodChecks)._zod
  return def.check === 'overwrite' || normalizes(def)
}

function normalizes(def: object): boolean {
  return 'normalize' in def && def.normalize === true
}
