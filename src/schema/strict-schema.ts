import { $ZodNever, type $ZodObject, type $ZodType, type $ZodTypes } from 'zod/v4/core'
import { cloneWith } from './clone-with.ts'
import { rewriteSchema, withParts } from './rewrite-schema.ts'

/** A schema that refuses the keys which objects in it do not declare, where zod would drop them. */
export function strictSchema(root: $ZodType): $ZodType {
  return rewriteSchema(root, (schema, into) => {
    const { def } = (schema as $ZodTypes)._zod
    if (def.type !== 'object' || def.catchall !== undefined) return undefined
    return strict(withParts(schema, into) as $ZodObject)
  })
}

function strict(schema: $ZodObject): $ZodType {
  return cloneWith(schema, { catchall: new $ZodNever({ type: 'never' }) })
}
