import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { safeParse } from 'zod/v4/core'
import { boundSchema } from '../../src/schema/bounded-schema.ts'
import { Effort } from '../../src/schema/effort.ts'
import { createValidator } from '../../src/schema/validate.ts'
import { rejected } from './rejected.ts'

/** Containers that hold the next level twice: as a schema, and as a value. */
const holders = {
  list: [(part: z.ZodType) => z.array(part), (part: unknown) => [part, part]],
  pair: [(part: z.ZodType) => z.tuple([part, part]), (part: unknown) => [part, part]],
  rest: [(part: z.ZodType) => z.tuple([z.unknown()]).rest(part), (part: unknown) => [0, part, part]],
  object: [(part: z.ZodType) => z.object({ a: part, b: part }), (part: unknown) => ({ a: part, b: part })],
  open: [(part: z.ZodType) => z.object({}).catchall(part), (part: unknown) => ({ a: part, b: part })],
  record: [(part: z.ZodType) => z.record(z.string(), part), (part: unknown) => ({ a: part, b: part })],
  map: [
    (part: z.ZodType) => z.map(z.string(), part),
    (part: unknown) =>
      new Map([
        ['a', part],
        ['b', part],
      ]),
  ],
  set: [(part: z.ZodType) => z.set(z.array(part)), (part: unknown) => new Set([[part, part]])],
} as const satisfies Record<string, readonly [(part: z.ZodType) => z.ZodType, (part: unknown) => unknown]>

/** Wrappers of a schema: each passes the value, or another one, on to it. */
const around = {
  preprocess: (inner) => z.preprocess((value) => value, inner),
  pipe: (inner) => z.unknown().pipe(inner),
  codec: (inner) => z.codec(z.unknown(), inner, { decode: (value) => value, encode: (value) => value }),
  transform: (inner) => z.transform((value) => value).pipe(inner),
  catch: (inner) => inner.catch(0),
  default: (inner) => inner.default(0),
  prefault: (inner) => inner.prefault([]),
  readonly: (inner) => inner.readonly(),
  optional: (inner) => inner.optional(),
  nullable: (inner) => inner.nullable(),
  nonoptional: (inner) => z.nonoptional(inner),
  lazy: (inner) => z.lazy(() => inner),
  union: (inner) => z.union([z.string(), inner]),
  refine: (inner) => inner.refine(() => true),
  meta: (inner) => inner.meta({ title: 'x' }),
} satisfies Record<string, (inner: z.ZodType) => z.ZodType>

type Holder = keyof typeof holders
type Around = keyof typeof around

interface Level {
  holder: Holder
  around: readonly Around[]
}

const level: fc.Arbitrary<Level> = fc.record({
  holder: fc.constantFrom(...(Object.keys(holders) as Holder[])),
  around: fc.array(fc.constantFrom(...(Object.keys(around) as Around[])), { maxLength: 2 }),
})

function schemaOf(levels: readonly Level[], leaf: z.ZodType): z.ZodType {
  return levels.reduceRight((part, { holder, around: names }) => {
    return names.reduce<z.ZodType>((inner, name) => around[name](inner), holders[holder][0](part))
  }, leaf)
}

function graphOf(levels: readonly Level[]): unknown {
  return levels.reduceRight<unknown>((part, { holder }) => holders[holder][1](part), 7)
}

// How many checks zod may make for each visit, and how many visits it may make where a schema is too short to be counted.
const checksOfVisit = 8
const uncounted = 10_000

describe('zod makes no more checks than the effort pays for, wherever it walks', () => {
  test.each(Object.keys(around) as Around[])('through %s', (name) => {
    fc.assert(
      fc.property(fc.array(level, { minLength: 1, maxLength: 24 }), fc.nat(40_000), (levels, most) => {
        const named = levels.map((one) => ({ ...one, around: [name, ...one.around] }))
        let asked = 0
        const allowed = checksOfVisit * Math.max(most, uncounted)
        const leaf = z.custom(() => {
          asked += 1
          // Ends the walk early when the bound does not hold.
          return asked <= allowed
        })
        const { parse } = boundSchema(schemaOf(named, leaf))
        try {
          expect(parse(graphOf(named), new Effort(most)).issues).toBeUndefined()
        } catch (error) {
          expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', path: '$' })
        }
        expect(asked).toBeLessThanOrEqual(allowed)
      }),
      { numRuns: 20 },
    )
  })
})

test('what is counted is taken, changed and refused as zod does without', () => {
  const leaf = fc.constantFrom(
    z.number(),
    z.string(),
    z.coerce.string(),
    z.number().transform((n) => n + 1),
  )
  fc.assert(
    fc.property(fc.array(level, { minLength: 1, maxLength: 6 }), leaf, (levels, last) => {
      const schema = schemaOf(levels, last)
      const value = graphOf(levels)
      const given = safeParse(schema, value)
      const counted = boundSchema(schema).parse(value, new Effort(Number.MAX_SAFE_INTEGER))
      if (given.success) expect(counted).toEqual({ value, data: given.data })
      else
        expect(counted.issues?.[0]).toMatchObject({
          path: given.error.issues[0]?.path,
          code: given.error.issues[0]?.code,
        })
    }),
    { numRuns: 300 },
  )
})

const failure = { code: 'VALUE_INVALID' } as const

/** `levels` that each hold the next one twice. */
const doubled = (levels: number): unknown => graphOf(new Array(levels).fill({ holder: 'list', around: [] }))

interface Knot {
  name: string
  next?: Knot | undefined
}

describe('values that no schema walks may be shared without limit', () => {
  const ring: { self?: unknown } = {}
  ring.self = ring
  const everybody = Array.from({ length: 200 }, (): unknown[] => [])
  for (const list of everybody) list.push(...everybody)
  const knot: z.ZodType<Knot> = z.object({ name: z.string(), next: z.lazy(() => knot.optional()) })
  const knots: Knot[] = Array.from({ length: 2_000 }, (_, at) => ({ name: `${at}`, next: undefined }))
  knots.forEach((one, at) => {
    one.next = knots[(at + 1) % 600]
  })
  test.each<[string, z.ZodType, unknown]>([
    ['unknown', z.unknown(), doubled(40)],
    ['unknown in a list', z.array(z.unknown()), [doubled(40), ring]],
    ['anything that is frozen', z.object({ of: z.any().readonly() }), { of: ring }],
    ['a custom schema', z.array(z.custom<unknown>(() => true)), [doubled(40), ring]],
    ['an instance', z.array(z.instanceof(Map)), [new Map([['a', doubled(40)]])]],
    ['a transform', z.array(z.unknown().transform(() => 1)), [doubled(40)]],
    ['an object that has more than it declares', z.object({ a: z.array(z.number()) }), { a: [1], b: doubled(40) }],
    ['both sides of an intersection', z.intersection(z.array(z.unknown()), z.unknown()), [doubled(40)]],
    ['a schema that refers to itself', z.json(), doubled(40)],
    ['a schema that refers to itself, of everybody that knows everybody', z.json(), everybody],
    ['a ring through a schema that refers to itself', z.array(knot), knots],
  ])('%s', (_, schema, value) => {
    expect(createValidator(schema).readOutputSync(value, failure).value).toBeDefined()
  })
})

describe('what takes longer than a visit is paid for', () => {
  const names = Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`k${at}`, at]))
  const text = 'a'.repeat(500_000)
  const many = <T>(value: T, times = 4_000): T[] => new Array<T>(times).fill(value)
  const numbers = z.record(z.string(), z.number())
  const pairs = (): z.ZodType => {
    const pair: z.ZodType = z.object({ a: z.lazy(() => pair.optional()), b: z.lazy(() => pair.optional()) })
    return pair
  }
  const twice = Array.from({ length: 40 }).reduce<object>((part) => ({ a: part, b: part }), {})
  test.each<[string, z.ZodType, unknown]>([
    ['an intersection of records', z.intersection(numbers, numbers), names],
    [
      'names that both sides of an intersection refuse',
      z.intersection(z.strictObject({}), z.strictObject({ a: z.any() }).partial()),
      names,
    ],
    ['an intersection of schemas that refer to themselves', z.intersection(pairs(), pairs()), twice],
    ['a text that many share', z.array(z.email()), many(text)],
    ['a text that many share, and a pattern', z.array(z.string().regex(/^a*$/)), many(text)],
    ['a text that many share, and a template', z.array(z.templateLiteral(['x', z.string()])), many(text)],
    ['a text that is made of a list', z.coerce.string(), doubled(40)],
    ['a number that is made of a list', z.coerce.number(), doubled(40)],
    ['a date that is made of a list', z.array(z.coerce.date()), [doubled(40)]],
    ['a property that a check looks into', z.any().check(z.property('0', z.unknown())), doubled(40)],
    ['freezing what many share', z.array(z.any().readonly()), many(names)],
    ['what is caught in many places', z.array(z.array(z.number().catch(0))), many(many('x'), 100)],
    [
      'an object of many names, which are not there',
      z.array(
        z.array(
          z.object(
            Object.fromEntries(
              Object.keys(names)
                .slice(0, 100)
                .map((name) => [name, z.string().optional()]),
            ),
          ),
        ),
      ),
      many(many({})),
    ],
    [
      'many alternatives',
      z.array(z.array(z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.number()]))),
      many(many(7)),
    ],
  ])('%s', async (_, schema, value) => {
    const error = await rejected(() => createValidator(schema).readOutputSync(value, failure))
    expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', path: '$' })
  })

  test('promises of asynchronous checks', async () => {
    let asked = 0
    const counts = async () => {
      asked += 1
      return true
    }
    const schema = z.array(z.array(z.number().refine(counts)))
    const error = await rejected(() => createValidator(schema).readOutput(many(many(7), 1_000), failure))
    expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', path: '$' })
    expect(asked).toBeLessThan(1_000_000)
  })
})

test('a value may be as deep as the stack has room for, whatever its schema is', () => {
  const levels: z.ZodType = z.object({ inner: z.lazy(() => levels.nullable()) })
  const chain = (deep: number) => Array.from({ length: deep }).reduce<unknown>((inner) => ({ inner }), null)
  const { readOutputSync } = createValidator(levels)
  expect(readOutputSync(chain(500), failure).value).toBeDefined()
  for (const deep of [20_000, 50_000]) {
    expect(() => readOutputSync(chain(deep), failure)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', path: '$' }),
    )
  }
})
