import type { $ZodType } from 'zod/v4/core'

const fields = new WeakMap<$ZodType, $ZodType>()

/** Remembers whose instances a model's schema accepts: zod itself keeps nothing but a function. */
export function rememberFields(schema: $ZodType, of: $ZodType): void {
  fields.set(schema, of)
}

/** The fields of the model that a schema names, also of one that was refined from the model's own. */
export function fieldsOfSchema(schema: $ZodType): $ZodType | undefined {
  for (let one: $ZodType | undefined = schema; one; one = one._zod.parent) {
    const found = fields.get(one)
    if (found) return found
  }
  return undefined
}
