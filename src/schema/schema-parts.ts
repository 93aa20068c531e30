import type { $ZodLazy, $ZodType, $ZodTypes } from 'zod/v4/core'

/**
 * The schemas that a schema hands the same value to: the one that it wraps, the alternatives of a union, both sides of an intersection,
 * both ends of a pipe. Undefined for one that looks at the value itself.
 */
export function wrappedBy(schema: $ZodType): readonly $ZodType[] | undefined {
  const { def } = (schema as $ZodTypes)._zod
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'promise':
    case 'success':
      return [def.innerType]
    case 'pipe':
      return [def.in, def.out]
    case 'lazy':
      return [(schema as $ZodLazy)._zod.innerType]
    case 'union':
      return def.options
    case 'intersection':
      return [def.left, def.right]
    default:
      return undefined
  }
}

/** The schemas of what a schema's values hold: properties, elements, keys. */
export function heldBy(schema: $ZodType): readonly $ZodType[] {
  const { def } = (schema as $ZodTypes)._zod
  switch (def.type) {
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
    default:
      return []
  }
}

// Of the kinds that are not here, some make values of their own (transforms, defaults, catches …), and some are not known yet.
const kept: ReadonlySet<string> = new Set([
  ...[
    'string',
    'number',
    'boolean',
    'bigint',
    'date',
    'symbol',
    'undefined',
    'null',
    'void',
    'never',
    'any',
    'unknown',
  ],
  ...[
    'nan',
    'enum',
    'literal',
    'file',
    'template_literal',
    'custom',
    'object',
    'array',
    'tuple',
    'record',
    'map',
    'set',
  ],
  ...['union', 'intersection', 'optional', 'nullable', 'nonoptional', 'lazy'],
])

/** All schemas within a schema; undefined for one that may give another value than it was given. */
export function partsOf(schema: $ZodType): readonly $ZodType[] | undefined {
  return kept.has(schema._zod.def.type) ? (wrappedBy(schema) ?? heldBy(schema)) : undefined
}

/** Whether a schema refers to itself, so that its values may hold cycles. Each part is looked at once, however often it is used. */
export function refersToItself(schema: $ZodType): boolean {
  const above = new Set<$ZodType>()
  const done = new Set<$ZodType>()
  const look = (part: $ZodType): boolean => {
    if (above.has(part)) return true
    if (done.has(part)) return false
    above.add(part)
    const found = (partsOf(part) ?? []).some(look)
    above.delete(part)
    done.add(part)
    return found
  }
  return look(schema)
}
