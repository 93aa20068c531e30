import { z } from 'zod'

const tree: z.ZodType = z.object({
  value: z.number().optional(),
  get left() {
    return tree.optional()
  },
  get right() {
    return tree.optional()
  },
})
const expression: z.ZodType = z.lazy(() =>
  z.union([
    z.object({ of: expression, kind: z.literal(1) }),
    z.object({ of: expression, kind: z.literal(2) }),
    z.null(),
  ]),
)
const anything: z.ZodType = z.lazy(() =>
  z.union([
    z.number(),
    z.array(anything),
    z.map(z.string(), anything),
    z.set(anything),
    z.record(z.string(), anything),
  ]),
)
const pair: z.ZodType = z.object({
  value: z.number().min(5).optional(),
  get both() {
    return z.tuple([pair.nullable(), pair.nullable()]).optional()
  },
})
const family: z.ZodType = z.object({
  get kin() {
    return z.set(family)
  },
  value: z.number().optional(),
})
const levels: z.ZodType = z.object({
  get inner() {
    return levels.nullable()
  },
})
const counted: z.ZodType = z.object({
  value: z.number().optional(),
  seen: z.number().default(1),
  get left() {
    return counted.optional()
  },
  get right() {
    return counted.optional()
  },
})

const cube = z.array(z.array(z.array(z.number())))
const lists = Array.from({ length: 28 }).reduce<z.ZodType>((of) => z.array(of), z.number())
const same = (value: unknown) => value

/** Schemas of readers: what a payload, a result or a `decode` may be held to. */
export const schemas = {
  tree,
  expression,
  anything,
  pair,
  family,
  levels,
  counted,
  matrix: z.array(z.array(z.number())),
  cube,
  preparedCube: z.preprocess(same, cube),
  prepared: z.preprocess(same, lists),
  coded: z.codec(z.unknown(), lists, { decode: same, encode: same }),
  transformed: z.unknown().transform(same).pipe(lists),
  caught: z.preprocess(same, lists).catch(0),
  text: z.coerce.string(),
  both: z.intersection(z.record(z.string(), z.number()), z.record(z.string(), z.number())),
  emails: z.array(z.email()),
  maps: z.map(z.string(), z.map(z.string(), z.set(z.number()))),
  records: z.array(z.record(z.string(), z.array(z.string()))),
  numbers: z.set(z.number()),
  texts: z.array(z.string().regex(/^[a-z]*$/)),
  address: z.url(),
  addresses: z.array(z.array(z.string().url())),
  named: z.record(z.url(), z.number()),
  succeeded: z.success(z.array(z.url())),
  unknown: z.unknown(),
} as const

export type SchemaName = keyof typeof schemas
