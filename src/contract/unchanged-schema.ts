import {
  $ZodNever,
  type $ZodObject,
  $ZodPipe,
  $ZodString,
  type $ZodType,
  type $ZodTypes,
  clone,
  _regex as matches,
} from 'zod/v4/core'
import { rewriteSchema, withParts } from './rewrite-schema.ts'

/**
 * Of a schema that changes no values (see changes-values.ts), the one that passes only what zod would give back equal: it
 * refuses the undeclared keys that zod drops from plain objects, and the whitespace that it trims from URLs. Whatever it
 * passes can be handed on as it is, with its shared references and cycles.
 */
export function unchangedSchema(root: $ZodType): $ZodType {
  return rewriteSchema(root, (schema, into) => {
    const { def } = (schema as $ZodTypes)._zod
    if (def.type === 'object' && def.catchall === undefined) {
      const parts = withParts(schema, into)
      return withCatchall(parts as $ZodObject)
    }
    if (def.type === 'string' && isUrl(def)) {
      const bare = new $ZodString({ type: 'string', checks: [matches(/^\S*$/)] })
      return new $ZodPipe({ type: 'pipe', in: bare, out: schema })
    }
    return undefined
  })
}

function withCatchall(schema: $ZodObject): $ZodType {
  return clone(schema, { ...schema._zod.def, catchall: new $ZodNever({ type: 'never' }) })
}

function isUrl(def: { format?: string | undefined; checks?: { _zod: { def: object } }[] }): boolean {
  return (
    def.format === 'url' || (def.checks ?? []).some(({ _zod }) => 'format' in _zod.def && _zod.def.format === 'url')
  )
}
