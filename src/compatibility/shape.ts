import { z } from 'zod'

/** A bound, as JSON has it: bigints as their digits, dates as `toISOString` writes them. */
const bound = z.union([z.number(), z.string()])

/**
 * The shape of a schema's stored form, as brine.lock.json keeps it: what zod's own JSON schemas would flatten (dates, bigints,
 * maps, sets, classes) is told apart, and no order of the schema's author shows in it.
 */
const shape = z.strictObject({
  /** zod's word for the kind of schema; `model` and `class` for instances, `ref` for a schema that is above it. */
  type: z.string(),
  /** It may be undefined, or absent as a field. */
  optional: z.literal(true).optional(),
  /** With `optional`: it may be absent, and not undefined. */
  exact: z.literal(true).optional(),
  /** As `optional`, and the schema then gives a value of its own. */
  default: z.literal(true).optional(),
  nullable: z.literal(true).optional(),
  /** The kind is made of what stands there: by zod's own rules, or by what the author wrote. */
  coerced: z.union([z.literal(true), z.literal('preprocessed')]).optional(),
  /** Of numbers, bigints and dates; of texts, arrays, maps and sets their length. */
  min: bound.optional(),
  max: bound.optional(),
  above: bound.optional(),
  below: bound.optional(),
  multipleOf: bound.optional(),
  formats: z.array(z.string()).optional(),
  /** How many checks of the author's own there are, which nothing can describe. */
  refinements: z.number().optional(),
  /** Of enums and literals. */
  values: z.array(z.string()).optional(),
  get fields() {
    return z.record(z.string(), shape).optional()
  },
  /** What an object or record makes of keys that it does not declare: when this is undefined, an object drops them. */
  undeclared: z.enum(['keep', 'refuse']).optional(),
  /** Of undeclared keys, and of what follows the items of a tuple. */
  get rest() {
    return shape.optional()
  },
  get key() {
    return shape.optional()
  },
  get value() {
    return shape.optional()
  },
  get items() {
    return z.array(shape).optional()
  },
  /** Of a union. */
  get options() {
    return z.array(shape).optional()
  },
  /** Of an intersection. */
  get parts() {
    return z.array(shape).optional()
  },
  /** What the schema makes of it, which must hold too. */
  get out() {
    return shape.optional()
  },
  /** The tag of a model whose instance stands there. */
  model: z.string().optional(),
  /** The name of a class without a model. */
  class: z.string().optional(),
  /** Names the shape for those inside it that are the same: `ref`. */
  id: z.number().optional(),
  ref: z.number().optional(),
})

export const shapeSchema: z.ZodType<Shape> = shape
export type Shape = z.infer<typeof shape>
