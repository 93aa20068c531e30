import type { $ZodLazy, $ZodType, $ZodTypes } from 'zod/v4/core'

const mostWrappers = 50

/** The schema by which JSON is read: of one that wraps another, or changes what another takes, that other. */
export function readBy(schema: $ZodType): $ZodType {
  let inner = schema
  for (let count = 0; count < mostWrappers; count += 1) {
    const next = wrapped(inner)
    if (next === undefined) return inner
    inner = next
  }
  return inner
}

function wrapped(schema: $ZodType): $ZodType | undefined {
  const { def } = (schema as $ZodTypes)._zod
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
    case 'promise':
      return def.innerType
    case 'lazy':
      return (schema as $ZodLazy)._zod.innerType
    case 'pipe':
      return def.in
    default:
      return undefined
  }
}

/** Whether an object's schema has a key of its own of this name, so that it is no form of a value. */
export function declares(schema: $ZodType | undefined, name: string | undefined): boolean {
  if (schema === undefined || name === undefined) return false
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
    case 'intersection': {
      const [left, right] = [readBy(def.left), readBy(def.right)]
      const isLeft = declares(left, name) || !declares(right, name)
      const [one, other] = isLeft ? [left, right] : [right, left]
      return schemaOfName(one, name) ?? schemaOfName(other, name)
    }
    default:
      return undefined
  }
}

/** What an array's or a tuple's schema says of an element. */
export function schemaOfElement(schema: $ZodType, index: number): $ZodType | undefined {
  const { def } = (schema as $ZodTypes)._zod
  if (def.type === 'array') return def.element
  return def.type === 'tuple' ? (def.items[index] ?? def.rest ?? undefined) : undefined
}
