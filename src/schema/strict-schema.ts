import { $ZodNever, type $ZodObject, type $ZodType, type $ZodTypes, clone } from 'zod/v4/core'
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
  return clone(schema, { ...schema._zod.def, catchall: new $ZodNever({ type: 'never' }) })
}
