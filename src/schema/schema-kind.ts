import type { $ZodCheck, $ZodType, $ZodTypes } from 'zod/v4/core'
import { wrappedBy } from './schema-parts.ts'

/**
 * - leaf: takes one step, whatever the value is. What checks, transforms and custom schemas do is the user's own code
 * - text: a string of which zod reads each character
 * - frozen: an object that is frozen as it was given
 * - whole: may look at all of the value, in a way that is not known here
 * - many: holds as many parts as the value has
 * - fixed: an object or a tuple, which holds the parts that the schema names
 * - both: an intersection, which visits the value twice and merges the two results
 * - lazy: stands for another schema, which may be one that it is a part of
 * - wrapper: hands the value to other schemas
 */
export type Kind = 'leaf' | 'text' | 'frozen' | 'whole' | 'many' | 'fixed' | 'both' | 'lazy' | 'wrapper'

const leaves: ReadonlySet<string> = new Set([
  ...['number', 'int', 'boolean', 'bigint', 'symbol', 'null', 'undefined', 'void', 'never', 'any', 'unknown', 'date'],
  ...['file', 'enum', 'literal', 'nan', 'transform', 'function', 'custom'],
])

export function kindOf(schema: $ZodType): Kind {
  const { def } = (schema as $ZodTypes)._zod
  if (def.checks?.some(looksInside)) return 'whole'
  // What is no text is made one, of all that it holds.
  if ('coerce' in def && def.coerce === true && def.type !== 'boolean') return 'whole'
  switch (def.type) {
    case 'string':
      return 'format' in def || def.checks?.length ? 'text' : 'leaf'
    case 'template_literal':
      return 'text'
    case 'array':
    case 'set':
    case 'map':
    case 'record':
      return 'many'
    case 'object':
      return def.catchall ? 'many' : 'fixed'
    case 'tuple':
      return def.rest ? 'many' : 'fixed'
    case 'intersection':
      return 'both'
    case 'lazy':
      return 'lazy'
    case 'readonly':
      return freezesGiven(def.innerType) ? 'frozen' : 'wrapper'
    default:
      if (leaves.has(def.type)) return 'leaf'
      return wrappedBy(schema) ? 'wrapper' : 'whole'
  }
}

/** Whether `readonly` freezes the value itself, where other schemas give it a copy to freeze. */
function freezesGiven(inner: $ZodType): boolean {
  const met = new Set([inner])
  for (const schema of met) for (const wrapped of wrappedBy(schema) ?? []) met.add(wrapped)
  return [...met].some(({ _zod }) => frozenAsGiven.has(_zod.def.type))
}

const frozenAsGiven: ReadonlySet<string> = new Set(['any', 'unknown', 'custom', 'transform'])

/** `z.property` and `z.properties`, which hold properties to schemas of their own. */
export function looksInside({ _zod: { def } }: $ZodCheck<never>): boolean {
  return def.check === 'property' || def.check === 'properties'
}

/** Whether a text must be an address, which the platform then reads. */
export function isAddress({ _zod: { def } }: $ZodType): boolean {
  const isUrl = (checked: object) => 'format' in checked && checked.format === 'url'
  return isUrl(def) || def.checks?.some(({ _zod }) => isUrl(_zod.def)) === true
}
