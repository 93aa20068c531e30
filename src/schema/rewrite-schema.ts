import { $ZodLazy, type $ZodType, type $ZodTypes } from 'zod/v4/core'
import { cloneWith } from './clone-with.ts'

/** Gives the schema that stands in for `schema`, or undefined to keep it and go on into its parts. */
export type Rewrite = (schema: $ZodType, into: (part: $ZodType) => $ZodType) => $ZodType | undefined

/**
 * A copy of a schema with parts of it replaced, from the top down. What is not touched keeps its identity, and so its
 * compiled parser. The source of how zod's definitions are laid out is zod's own page for library authors.
 */
export function rewriteSchema(root: $ZodType, rewrite: Rewrite): $ZodType {
  const done = new Map<$ZodType, $ZodType | undefined>()
  const into = (schema: $ZodType): $ZodType => {
    if (done.has(schema)) {
      // A schema that refers to itself: its copy is not finished, so it is looked up when a value is parsed.
      return done.get(schema) ?? new $ZodLazy({ type: 'lazy', getter: () => done.get(schema) ?? schema })
    }
    done.set(schema, undefined)
    const rewritten = rewrite(schema, into) ?? withParts(schema, into)
    done.set(schema, rewritten)
    return rewritten
  }
  return into(root)
}

/** `schema` with each of its parts passed through `into`. */
export function withParts(schema: $ZodType, into: (part: $ZodType) => $ZodType): $ZodType {
  const { def } = (schema as $ZodTypes)._zod
  switch (def.type) {
    case 'object': {
      const shape: Record<string, $ZodType> = {}
      for (const [key, part] of Object.entries(def.shape)) shape[key] = into(part)
      return changed(schema, def, { shape, ...(def.catchall && { catchall: into(def.catchall) }) })
    }
    case 'array':
      return changed(schema, def, { element: into(def.element) })
    case 'tuple':
      return changed(schema, def, { items: def.items.map(into), rest: def.rest && into(def.rest) })
    case 'record':
    case 'map':
      return changed(schema, def, { keyType: into(def.keyType), valueType: into(def.valueType) })
    case 'set':
      return changed(schema, def, { valueType: into(def.valueType) })
    case 'union':
      return changed(schema, def, { options: def.options.map(into) })
    case 'intersection':
      return changed(schema, def, { left: into(def.left), right: into(def.right) })
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'promise':
    case 'success':
      return changed(schema, def, { innerType: into(def.innerType) })
    case 'pipe':
      return changed(schema, def, { in: into(def.in), out: into(def.out) })
    case 'lazy': {
      const original = def.getter
      // zod remembers the inner schema on the definition, where it would hide the new getter.
      return cloneWith(schema, { _cachedInner: undefined, getter: () => into(original()) } as Partial<typeof def>)
    }
    default:
      return schema
  }
}

function changed<D extends $ZodType['_zod']['def']>(schema: $ZodType, def: D, parts: Partial<D>): $ZodType {
  const same = Object.entries(parts).every(([key, part]) => sameParts(part, Reflect.get(def, key)))
  return same ? schema : cloneWith(schema, parts)
}

function sameParts(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if ('_zod' in one || '_zod' in other) return false
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length && keys.every((key) => Reflect.get(one, key) === Reflect.get(other, key))
  )
}
