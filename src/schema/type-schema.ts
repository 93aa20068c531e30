import { types } from 'node:util'
import {
  $ZodBigInt,
  $ZodCustom,
  $ZodOptional,
  $ZodString,
  type $ZodType,
  type $ZodTypes,
  $ZodUnknown,
} from 'zod/v4/core'
import { cloneWith } from './clone-with.ts'
import { rewriteSchema, withParts } from './rewrite-schema.ts'

/**
 * A schema without its checks: about what TypeScript knows of its values. NaN and infinities are numbers, and an invalid date is a date.
 * For schemas that change no values.
 */
export function typeSchema(root: $ZodType): $ZodType {
  return rewriteSchema(root, (schema, into) => {
    const { def } = (schema as $ZodTypes)._zod
    switch (def.type) {
      case 'string':
        return new $ZodString({ type: 'string' })
      case 'number':
        return customSchema((value) => typeof value === 'number')
      case 'bigint':
        return new $ZodBigInt({ type: 'bigint' })
      case 'date':
        return customSchema(types.isDate)
      case 'custom':
        return 'Class' in schema._zod.bag ? withoutChecks(schema) : anything()
      default:
        return withParts(withoutChecks(schema), into)
    }
  })
}

/** Takes every value, and the absence of a property. */
export function anything(): $ZodType {
  return new $ZodOptional({ type: 'optional', innerType: new $ZodUnknown({ type: 'unknown' }) })
}

/** Takes the values for which `takes` returns true. Its issues carry `params`. */
export function customSchema(
  takes: (value: unknown) => boolean | Promise<boolean>,
  params?: Record<string, unknown>,
): $ZodType {
  return new $ZodCustom({ type: 'custom', check: 'custom', abort: true, fn: takes, ...(params && { params }) })
}

export function withoutChecks(schema: $ZodType): $ZodType {
  return schema._zod.def.checks?.length ? cloneWith(schema, { checks: [] }) : schema
}
