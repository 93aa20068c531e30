import { type $ZodType, type $ZodTypes, globalRegistry } from 'zod/v4/core'

/** What the schemas of one place say: whether it is sensitive, and what they say of the places within. */
export interface Parts {
  readonly sensitive: boolean
  property(name: string): Parts
  readonly key: Parts
  /** Of a Map or record; the elements of a list or Set. */
  readonly value: Parts
}

const deepest = 50

/** Several schemas may speak of one place (unions, intersections): what one of them calls sensitive is. */
export function partsOf(...schemas: readonly ($ZodType | undefined)[]): Parts {
  const found = schemas.flatMap((schema) => (schema ? unwrapped(schema, 0) : []))
  const defs = found.map((schema) => (schema as $ZodTypes)._zod.def)
  const within = (pick: (def: (typeof defs)[number]) => ($ZodType | null | undefined)[]) =>
    partsOf(...defs.flatMap(pick).map((schema) => schema ?? undefined))
  return {
    sensitive: found.some((schema) => globalRegistry.get(schema)?.['sensitive'] === true),
    property: (name) =>
      within((def) => {
        if (def.type === 'object') return [Object.hasOwn(def.shape, name) ? def.shape[name] : def.catchall]
        return def.type === 'record' ? [def.valueType] : []
      }),
    get key() {
      return within((def) => (def.type === 'map' || def.type === 'record' ? [def.keyType] : []))
    },
    get value() {
      return within((def) => {
        if (def.type === 'array') return [def.element]
        if (def.type === 'tuple') return [...def.items, def.rest]
        return def.type === 'set' || def.type === 'map' || def.type === 'record' ? [def.valueType] : []
      })
    },
  }
}

/** A schema and those that it wraps. */
function unwrapped(schema: $ZodType, depth: number): $ZodType[] {
  if (depth > deepest) return []
  const inner = (...schemas: $ZodType[]) => [schema, ...schemas.flatMap((one) => unwrapped(one, depth + 1))]
  const { def, parent } = (schema as $ZodTypes)._zod
  // What was said of a schema holds for what was refined from it.
  const own = parent ? [parent] : []
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
    case 'promise':
      return inner(def.innerType, ...own)
    case 'lazy':
      return inner(def.getter(), ...own)
    case 'pipe':
      return inner(def.in, def.out, ...own)
    case 'union':
      return inner(...def.options, ...own)
    case 'intersection':
      return inner(def.left, def.right, ...own)
    default:
      return inner(...own)
  }
}
