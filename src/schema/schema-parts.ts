import type { $ZodType, $ZodTypes } from 'zod/v4/core'

/**
 * The schemas of what a schema's values hold: none for one without parts, and undefined for one that makes values of its
 * own (transforms, defaults, catches …) or is of a kind that is not known here.
 */
export function partsOf(schema: $ZodType): readonly $ZodType[] | undefined {
  const { def } = (schema as $ZodTypes)._zod
  switch (def.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'date':
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
      return []
    case 'object':
      return [...Object.values(def.shape), ...(def.catchall ? [def.catchall] : [])]
    case 'array':
      return [def.element]
    case 'tuple':
      return [...def.items, ...(def.rest ? [def.rest] : [])]
    case 'record':
    case 'map':
      return [def.keyType, def.valueType]
    case 'set':
      return [def.valueType]
    case 'union':
      return def.options
    case 'intersection':
      return [def.left, def.right]
    case 'optional':
    case 'nullable':
    case 'nonoptional':
      return [def.innerType]
    case 'lazy':
      return [def.getter()]
    default:
      return undefined
  }
}

/** Whether a schema refers to itself, so that its values may hold cycles. */
export function refersToItself(schema: $ZodType, above: ReadonlySet<$ZodType> = new Set()): boolean {
  if (above.has(schema)) return true
  const parts = partsOf(schema) ?? []
  return parts.length > 0 && parts.some((part) => refersToItself(part, new Set(above).add(schema)))
}
