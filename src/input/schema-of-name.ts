import type { $ZodLazy, $ZodType, $ZodTypes } from 'zod/v4/core'

/** Whether an object's schema has a key of its own of this name, so that it is no form of a value. */
export function declares(schema: $ZodType | null | undefined, name: string | undefined): boolean {
  if (!schema || name === undefined) return false
  const { def } = (schema as $ZodTypes)._zod
  return def.type === 'object' && Object.hasOwn(def.shape, name)
}

/** What an object's, or a record's, schema says of a property; of two that both hold, what the one that declares it says. */
export function schemaOfName(schema: $ZodType, name: string): $ZodType | undefined {
  const { def } = (schema as $ZodTypes)._zod
  switch (def.type) {
    case 'object':
      return Object.hasOwn(def.shape, name) ? def.shape[name] : def.catchall
    case 'record':
      return def.valueType
    case 'lazy':
      return schemaOfName((schema as $ZodLazy)._zod.innerType, name)
    case 'intersection': {
      const isLeft = declares(def.left, name) || !declares(def.right, name)
      const [one, other] = isLeft ? [def.left, def.right] : [def.right, def.left]
      return schemaOfName(one, name) ?? schemaOfName(other, name)
    }
    default:
      return undefined
  }
}
