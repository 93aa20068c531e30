import { type $ZodType, clone } from 'zod/v4/core'

/**
 * A copy of a schema with parts of its definition replaced. The rest is copied unread: a default is a getter, which makes a value for
 * each parse, and spreading the definition would give all of them the same one.
 */
export function cloneWith<S extends $ZodType>(schema: S, parts: Partial<S['_zod']['def']>): S {
  const { def } = schema._zod
  const own = { ...Object.getOwnPropertyDescriptors(def), ...Object.getOwnPropertyDescriptors(parts) }
  return clone(schema, Object.defineProperties({}, own) as typeof def)
}
