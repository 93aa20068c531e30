import type { $ZodType, $ZodTypes } from 'zod/v4/core'

/** How many turns show all alternatives of a schema, models' fields left out. */
export function variantCount(schema: $ZodType, seen = new Set<$ZodType>()): number {
  if (seen.has(schema)) return 1
  seen.add(schema)
  const { def } = (schema as $ZodTypes)._zod
  const of = (...parts: readonly ($ZodType | null | undefined)[]) =>
    Math.max(1, ...parts.flatMap((part) => (part ? [variantCount(part, seen)] : [])))
  switch (def.type) {
    case 'enum':
      return Object.keys(def.entries).length
    case 'literal':
      return def.values.length
    case 'union':
      return Math.max(def.options.length, of(...def.options))
    case 'object':
      return of(...Object.values(def.shape))
    case 'array':
      return of(def.element)
    case 'set':
      return of(def.valueType)
    case 'map':
    case 'record':
      return of(def.keyType, def.valueType)
    case 'tuple':
      return of(...def.items)
    case 'intersection':
      return of(def.left, def.right)
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nonoptional':
      return of(def.innerType)
    case 'lazy':
      return of(def.getter())
    case 'pipe':
      return of(def.in)
    default:
      return 1
  }
}
