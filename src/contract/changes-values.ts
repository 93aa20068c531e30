import type { $ZodCheck, $ZodChecks, $ZodType, $ZodTypes } from 'zod/v4/core'

/**
 * Whether parsing can give another value than went in: transforms, pipes, codecs, defaults, catches, coercions, trimming
 * and their kind. Kinds of schema that are unknown here count as changing.
 *
 * Three things that zod does are not counted, because they show only in values where they do something: dropping keys that
 * an object does not declare and trimming a URL (see unchanged-schema.ts), and copying containers, which is what this is
 * asked in order to avoid. A `superRefine` that assigns to its payload is taken at zod's word that it does not.
 */
export function changesValues(schema: $ZodType, seen: Set<$ZodType> = new Set()): boolean {
  if (seen.has(schema)) return false
  seen.add(schema)
  const { def } = (schema as $ZodTypes)._zod
  if (def.checks?.some(overwrites)) return true
  const any = (...parts: readonly ($ZodType | null | undefined)[]) =>
    parts.some((part) => part != null && changesValues(part, seen))
  switch (def.type) {
    case 'string':
      return def.coerce === true || normalizes(def)
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'date':
      return def.coerce === true
    case 'symbol':
    case 'undefined':
    case 'null':
    case 'void':
    case 'never':
    case 'any':
    case 'unknown':
    case 'nan':
    case 'enum':
    case 'literal':
    case 'file':
    case 'template_literal':
    case 'custom':
      return false
    case 'object':
      return any(...Object.values(def.shape), def.catchall)
    case 'array':
      return any(def.element)
    case 'tuple':
      return any(...def.items, def.rest)
    case 'record':
    case 'map':
      return any(def.keyType, def.valueType)
    case 'set':
      return any(def.valueType)
    case 'union':
      return any(...def.options)
    case 'intersection':
      return any(def.left, def.right)
    case 'optional':
    case 'nullable':
    case 'nonoptional':
      return any(def.innerType)
    case 'lazy':
      return any(def.getter())
    default:
      return true
  }
}

/** A check that replaces the value: trim, toLowerCase, normalize, `overwrite`. */
export function overwrites(check: $ZodCheck<never>): boolean {
  const { def } = (check as $ZodChecks)._zod
  return def.check === 'overwrite' || normalizes(def)
}

function normalizes(def: object): boolean {
  return 'normalize' in def && def.normalize === true
}
