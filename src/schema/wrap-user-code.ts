import type { $ZodCheck, $ZodCustom, $ZodType, $ZodTypes, ParsePayload } from 'zod/v4/core'
import { cloneWith } from './clone-with.ts'
import { rewriteSchema, withParts } from './rewrite-schema.ts'
import { looksInside } from './schema-kind.ts'
import { heldBy, wrappedBy } from './schema-parts.ts'

/** Calls a function of the user's. Its result, or what it throws, replaces that of the function. */
export type CallUserCode = <T>(code: () => T) => T

/** A copy of a schema that calls the user's checks and transforms by `call`; the schema itself if it has none. */
export function wrapUserCode(root: $ZodType, call: CallUserCode): $ZodType {
  if (!hasUserCode(root, new Set())) return root
  return rewriteSchema(root, (schema, into) => {
    const parts = withParts(withChecks(schema, call), into)
    const { def } = (parts as $ZodTypes)._zod
    if ((def.type === 'transform' || def.type === 'pipe') && def.transform) {
      const { transform } = def
      const wrapped = (value: unknown, payload: ParsePayload) => call(() => transform(value, payload))
      return cloneWith(parts, { transform: wrapped } as Partial<typeof def>)
    }
    if (!isCustom(schema)) return parts
    const copy = cloneWith(parts as $ZodCustom, {})
    copy._zod.check = (payload) => call(() => schema._zod.check(payload))
    return copy
  })
}

function hasUserCode(schema: $ZodType, seen: Set<$ZodType>): boolean {
  if (seen.has(schema)) return false
  seen.add(schema)
  const { def } = (schema as $ZodTypes)._zod
  if (isCustom(schema) || def.type === 'transform' || (def.type === 'pipe' && def.transform)) return true
  return def.checks?.some(isUserCheck) || (wrappedBy(schema) ?? heldBy(schema)).some((part) => hasUserCode(part, seen))
}

/** `z.custom()`, but for `z.instanceof()`: that calls nothing of the user's. */
function isCustom(schema: $ZodType): schema is $ZodCustom {
  return schema._zod.def.type === 'custom' && !('Class' in schema._zod.bag)
}

function isUserCheck(check: $ZodCheck<never>): boolean {
  return check._zod.def.check === 'custom' || looksInside(check)
}

function withChecks(schema: $ZodType, call: CallUserCode): $ZodType {
  const { checks = [] } = schema._zod.def
  if (!checks.some(isUserCheck)) return schema
  return cloneWith(schema, { checks: checks.map((check) => (isUserCheck(check) ? wrapCheck(check, call) : check)) })
}

function wrapCheck(check: $ZodCheck<never>, call: CallUserCode): $ZodCheck<never> {
  const wrapped: $ZodCheck<never>['_zod'] = Object.create(check._zod)
  wrapped.check = (payload) => call(() => check._zod.check(payload))
  return Object.create(check, { _zod: { value: wrapped } })
}
