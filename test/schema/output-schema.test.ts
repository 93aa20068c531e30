import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { safeParse } from 'zod/v4/core'
import { changesValues } from '../../src/schema/changes-values.ts'
import { outputSchema } from '../../src/schema/output-schema.ts'

const date = z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: String })
const tree = z.object({
  n: z.coerce.number(),
  get kids() {
    return z.array(tree).default([])
  },
})

/** A schema, an input, and what is no output of it: undefined where everything is one. */
const schemas: readonly [string, z.ZodType, unknown, unknown][] = [
  ['a default', z.object({ n: z.number().default(1) }), {}, {}],
  ['a default that its own schema refuses', z.object({ a: z.string().min(1).default('') }), {}, { a: 1 }],
  ['a default of another format', z.array(z.email().default('none')), [undefined], ['some']],
  [
    'a default beyond the limit, and a check above',
    z
      .number()
      .max(10)
      .default(99)
      .refine((n) => n !== 50),
    undefined,
    50,
  ],
  [
    'an object that a check above refuses',
    z.record(
      z.string(),
      z
        .object({ at: z.date(), n: z.bigint() })
        .refine(({ n }) => n > 0n)
        .default({ at: new Date(0), n: 0n }),
    ),
    { a: undefined },
    { a: { at: new Date(1), n: 0n } },
  ],
  [
    'a default in a tuple and a union',
    z.tuple([z.union([z.boolean(), z.string().min(9).default('x')])]),
    [undefined],
    ['y'],
  ],
  ['a prefault', z.string().prefault('abc'), undefined, 1],
  ['a transform', z.string().transform(Number), '1', undefined],
  [
    'a transform of what is absent',
    z.object({
      a: z
        .string()
        .optional()
        .transform((a) => a),
    }),
    {},
    [],
  ],
  [
    'a check after a transform',
    z
      .string()
      .transform(Number)
      .refine((n) => n > 0),
    '1',
    -1,
  ],
  ['a preprocess', z.preprocess(Number, z.number()), '1', '1'],
  ['a codec', z.array(date), ['2020-01-01T00:00:00Z'], ['2020-01-01T00:00:00Z']],
  ['a pipe', z.string().transform(Number).pipe(z.number().min(3)), '3', 2],
  ['a coercion with a check', z.coerce.number().min(3), '3', '3'],
  ['a coerced date', z.coerce.date(), 0, 0],
  ['a coerced boolean', z.coerce.boolean(), 'x', 'x'],
  ['a coerced text', z.coerce.string(), 1, 1],
  ['a trim between two checks', z.string().min(5).trim().max(3), '  a  ', 'abcd'],
  ['a format in lower case', z.email().toLowerCase().min(2), 'A@B.CD', 'a'],
  [
    'a whole number that is halved',
    z
      .int()
      .overwrite((n) => n / 2)
      .max(1),
    1,
    3,
  ],
  ['a normalized address', z.url({ normalize: true }), 'HTTP://A.B', 1],
  ['a catch', z.number().catch(0), 'x', 'x'],
  ['a catch that its own schema refuses', z.object({ n: z.number().max(3).catch(9) }), {}, { n: 8 }],
  ['a catch that leaves out', z.object({ n: z.number().catch(JSON.parse('{}').none) }), { n: 'x' }, { n: 'x' }],
  ['a catch by a function', z.number().catch(({ issues }) => issues.length), 'x', undefined],
  ['a default that is a function', z.tuple([z.uuid().default(() => `id ${Math.random()}`)]), [undefined], [1]],
  [
    'a default that is a function and within its type',
    z.set(z.uuid().default(() => crypto.randomUUID())),
    new Set([undefined]),
    new Set(['x']),
  ],
  [
    'an infinite default, and one that is missing',
    z.object({ a: z.number().default(Number.POSITIVE_INFINITY), b: z.string().default(JSON.parse('{}').none) }),
    {},
    { a: 1, b: 2 },
  ],
  [
    'an overwritten list',
    z.array(z.string().min(2)).overwrite((list) => list.map((text) => text.slice(1))),
    ['ab'],
    [1],
  ],
  [
    'an overwritten number that may be missing',
    z
      .number()
      .min(1)
      .optional()
      .overwrite(() => Number.NaN)
      .refine((n) => n !== 5),
    1,
    5,
  ],
  ['a readonly', z.object({ n: z.coerce.number() }).readonly(), { n: '1' }, { n: '1' }],
  ['a text for a truth', z.stringbool(), 'yes', 'yes'],
  ['a union of transforms', z.union([z.string().transform(Number), z.boolean()]), '1', undefined],
  ['an exclusive union', z.xor([z.string().transform(Number), z.number()]), 1, undefined],
  [
    'a discriminated union of transformed objects',
    z.discriminatedUnion('k', [
      z.object({ k: z.literal('a'), n: z.coerce.number() }),
      z.object({ k: z.literal('b') }).transform(() => 'b'),
    ]),
    { k: 'b' },
    undefined,
  ],
  ['maps and sets', z.map(z.coerce.number(), z.set(date)), new Map([['1', new Set()]]), new Map([['1', new Set()]])],
  ['a record', z.record(z.string().toUpperCase(), z.number().default(1)), { a: undefined }, { A: '1' }],
  ['a tuple', z.tuple([z.coerce.number()], z.string().trim()), ['1', ' a'], ['1']],
  [
    'an intersection',
    z.object({ a: z.coerce.number() }).and(z.object({ b: z.number().default(1) })),
    { a: 1 },
    { a: 1 },
  ],
  [
    'an object with a check above its defaults',
    z.object({ n: z.number().default(9) }).refine(({ n }) => n > 5),
    {},
    { n: 1 },
  ],
  ['a schema that refers to itself', tree, { n: '1', kids: [{ n: '2' }] }, { n: 1, kids: [{ n: '2', kids: [] }] }],
]

describe('the schema of what comes out', () => {
  test.each(schemas)('takes every output as it is, and nothing else: %s', (_title, schema, input, none) => {
    const output = schema.parse(input)
    const out = outputSchema(schema)
    const read = safeParse(out, output)
    expect(read).toMatchObject({ success: true })
    expect(read.data).toEqual(output)
    if (none !== undefined) expect(safeParse(out, none).success).toBe(false)
  })

  test.each(schemas.filter(([title]) => title !== 'a readonly' && title !== 'a normalized address'))(
    'changes nothing: %s',
    (_title, schema) => {
      expect(changesValues(outputSchema(schema))).toBe(false)
    },
  )

  test('is the schema itself where that changes nothing', () => {
    const schema = z.object({ n: z.number() }).refine(({ n }) => n > 0)
    expect(outputSchema(schema)).toBe(schema)
  })
})
