import type { $ZodType } from 'zod/v4/core'
import { BrineError } from '../../errors.ts'
import { type BoundedSchema, boundSchema } from '../../schema/bounded-schema.ts'
import type { Effort } from '../../schema/effort.ts'

const boundedSchemas = new WeakMap<$ZodType, BoundedSchema>()

/** Whether a schema takes a value, as far as it can be known without awaiting. Throws LIMIT_EXCEEDED. */
export function accepts(schema: $ZodType, value: unknown, effort: Effort): boolean {
  let bounded = boundedSchemas.get(schema)
  if (bounded === undefined) {
    bounded = boundSchema(schema)
    boundedSchemas.set(schema, bounded)
  }
  try {
    return bounded.parse(value, effort).issues === undefined
  } catch (error) {
    if (error instanceof BrineError && error.code === 'LIMIT_EXCEEDED') throw error
    // It has asynchronous checks, which are made when all is read.
    return true
  }
}
