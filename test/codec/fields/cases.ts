import fc from 'fast-check'
import { z } from 'zod'
import { Box, Even, Name, Ring, Span, schemas, Tally, Tree, Visit } from './models.ts'

/** A schema, and values that it takes, for the most part. */
export interface Case {
  schema: z.ZodType
  values: fc.Arbitrary<unknown>
}

const date = fc.date({ noInvalidDate: true, min: new Date(-1e12), max: new Date(1e12) })
const spans = fc.tuple(date, date).map(([one, two]) => (one <= two ? new Span(one, two) : new Span(two, one)))
const trees = fc.letrec<{ tree: Tree; kids: Tree[] }>((tie) => ({
  tree: fc.tuple(fc.integer(), tie('kids')).map(([label, kids]) => new Tree(label, kids)),
  kids: fc.oneof({ maxDepth: 4 }, fc.constant<Tree[]>([]), fc.array(tie('tree'), { maxLength: 3 })),
})).tree

// Each may end at itself, or at the first of all.
const rings = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }), fc.constantFrom('open', 'closed'))
  .map(([marks, end]) => {
    const first = Ring.of(9, null)
    const last = marks.reduce<Ring>((next, mark) => Ring.of(mark, next), first)
    if (end === 'closed') Ring.fill(first, 9, last)
    return last
  })

class Boxes extends Box {}

const person = z.object({ first: z.string(), last: z.string().optional() })
const people = fc.constantFrom<object>(
  { first: 'a' },
  { first: 'a', last: 'b' },
  { first: 'a', last: undefined },
  { first: 'a', born: new Date(0) },
  { born: new Date(0), first: 'a' },
  { last: 'b' },
  {},
)

const leaves: readonly Case[] = [
  { schema: schemas.ring, values: rings },
  {
    schema: schemas.tally,
    values: fc.array(fc.tuple(fc.string(), fc.bigInt()), { maxLength: 4 }).map((entries) => new Tally(entries)),
  },
  {
    schema: schemas.visit,
    values: fc.tuple(date, people).map(([at, who]) => new Visit(at, who as Visit['who'], new Set(['x']))),
  },
  { schema: schemas.box, values: fc.constantFrom(new Boxes('x'), new Box('x')) },
  { schema: z.instanceof(Uint8Array), values: fc.uint8Array({ maxLength: 4 }).map((bytes) => bytes.subarray(1)) },
  { schema: z.instanceof(Box), values: fc.constantFrom(new Box('x'), new Boxes('x')) },
  // Of which zod takes the first that fits, and of it what it declares.
  { schema: z.union([person, z.object({ first: z.string(), born: z.date() })]), values: people },
  { schema: z.union([z.object({ first: z.string(), born: z.date() }), person]), values: people },
  { schema: z.union([person.partial(), z.date(), schemas.box]), values: fc.oneof(people, date, spans) },
  { schema: z.intersection(person, z.looseObject({})), values: people },
  { schema: z.looseObject({ first: z.string() }), values: people },
  { schema: z.object({ first: z.string().optional() }).catchall(z.date()), values: people },
  { schema: person.readonly(), values: people },
  { schema: z.object({ toString: z.string().optional() }), values: fc.constantFrom({}, { toString: 'x' }) },
  { schema: z.object({ a: z.exactOptional(z.string()) }), values: fc.constantFrom({}, { a: 'x' }, { a: undefined }) },
  {
    schema: z.object({ a: z.number().default(3), b: z.date().catch(new Date(1)) }),
    values: fc.constantFrom({}, { a: 1, b: 1 }),
  },
  { schema: z.stringbool(), values: fc.constantFrom('yes', 'no', 'x') },
  { schema: z.string(), values: fc.oneof(fc.string(), fc.string({ unit: 'binary' })) },
  { schema: z.string().min(1).max(4), values: fc.string({ maxLength: 6, unit: 'binary' }) },
  { schema: z.string().regex(/^[a-z]*$/g), values: fc.stringMatching(/^[a-zA]{0,3}$/) },
  { schema: z.email(), values: fc.constantFrom('a@b.cd', 'a@b') },
  { schema: z.string().trim(), values: fc.constantFrom(' a ', 'b') },
  { schema: z.number(), values: fc.double() },
  { schema: z.number().int().min(-9).lt(9), values: fc.integer({ min: -10, max: 10 }) },
  { schema: z.number().multipleOf(3), values: fc.integer({ min: 0, max: 9 }) },
  { schema: z.coerce.number(), values: fc.constantFrom('5', 5, true) },
  { schema: z.boolean(), values: fc.boolean() },
  { schema: z.null(), values: fc.constant(null) },
  { schema: z.bigint(), values: fc.bigInt() },
  { schema: z.bigint().positive(), values: fc.bigInt({ min: -2n, max: 2n ** 70n }) },
  { schema: z.date(), values: fc.date({ noInvalidDate: false }) },
  { schema: z.date().min(new Date(0)), values: date },
  { schema: z.enum(['a', 'b']), values: fc.constantFrom('a', 'b', 'c') },
  { schema: z.literal([1, 'x', null, 0]), values: fc.constantFrom(1, 'x', null, -0, 2) },
  { schema: z.unknown(), values: fc.oneof(fc.string(), fc.constant([1]), fc.constant(undefined)) },
  { schema: z.string().default('d'), values: fc.option(fc.string(), { nil: undefined }) },
  { schema: z.string().transform((text) => text.length), values: fc.string() },
  { schema: schemas.span, values: spans },
  { schema: schemas.name, values: fc.string({ maxLength: 8 }).map((text) => Name.of(text)) },
  { schema: schemas.tree, values: trees },
  { schema: schemas.even, values: fc.integer({ min: 0, max: 8 }).map((value) => new Even(value)) },
  {
    schema: schemas.box,
    values: fc
      .tuple(fc.oneof(fc.string(), spans, fc.constant(null), fc.constant(1)), fc.constantFrom([], ['n'], [undefined]))
      .map(([inner, note]) => Object.assign(new Box(inner), note.length > 0 ? { note: note[0] } : {})),
  },
]

const branches: readonly ((one: Case, other: Case) => Case)[] = [
  ({ schema, values }) => ({ schema: z.array(schema).max(3), values: fc.array(values, { maxLength: 4 }) }),
  ({ schema, values }) => ({ schema: z.array(schema), values: fc.array(values, { maxLength: 30 }) }),
  (one, other) => ({ schema: z.tuple([one.schema, other.schema]), values: fc.tuple(one.values, other.values) }),
  ({ schema, values }) => ({
    schema: z.set(schema).min(1),
    values: fc.array(values, { maxLength: 3 }).map((members) => new Set(members)),
  }),
  (one, other) => ({
    schema: z.map(one.schema, other.schema),
    values: fc.array(fc.tuple(one.values, other.values), { maxLength: 3 }).map((entries) => new Map(entries)),
  }),
  ({ schema, values }) => ({
    schema: z.record(z.string().max(3), schema),
    values: fc.dictionary(fc.string({ maxLength: 4 }), values, { noNullPrototype: true, maxKeys: 3 }),
  }),
  (one, other) => ({
    schema: z.object({ a: one.schema, 'b-c': other.schema.optional(), 0: z.number().optional() }),
    values: fc
      .tuple(one.values, other.values, fc.integer({ min: 0, max: 7 }))
      .map(([a, b, which]) => record(which, { a, 'b-c': b })),
  }),
  (one, other) => ({
    schema: z.strictObject({ a: one.schema.nullable(), b: other.schema.nullish() }),
    values: fc.record(
      { a: fc.option(one.values), b: fc.option(other.values), extra: fc.constant(1) },
      { requiredKeys: ['a'], noNullPrototype: true },
    ),
  }),
  (one, other) => ({ schema: z.union([one.schema, other.schema]), values: fc.oneof(one.values, other.values) }),
  (one, other) => ({
    schema: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('one'), it: one.schema }),
      z.object({ kind: z.literal('other'), it: other.schema }),
    ]),
    values: fc.oneof(
      one.values.map((it) => ({ kind: 'one', it })),
      other.values.map((it) => ({ kind: 'other', it })),
    ),
  }),
  ({ schema, values }) => ({ schema: z.array(schema).refine((list) => list.length !== 1), values: fc.array(values) }),
  ({ schema, values }) => ({ schema: z.lazy(() => schema), values }),
  // The same value in two places, and one that holds itself.
  ({ schema, values }) => ({
    schema: z.object({ a: schema, b: schema.optional() }),
    values: values.map((it) => ({ a: it, b: it })),
  }),
  ({ values }) => ({ schema: z.array(z.unknown()), values: values.map((it) => [it, it]) }),
  ({ schema, values }) => ({
    schema: z.looseObject({ a: schema }),
    values: values.map((it) => {
      const loop = { a: it }
      return Object.assign(loop, { self: loop })
    }),
  }),
]

function record(which: number, fields: { a: unknown; 'b-c': unknown }): object {
  const { a, 'b-c': b } = fields
  const whole = [{ a, 'b-c': b }, { a }, { a, 'b-c': undefined }, { 'b-c': b, a }, { 0: 1, a }, { a, stray: 1 }]
  return whole[which] ?? { a, 'b-c': b, 0: -1 }
}

/** Schemas of every kind within each other, each with its values. */
export const cases: fc.Arbitrary<Case> = fc.letrec<{ one: Case }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...leaves),
    fc.tuple(fc.constantFrom(...branches), tie('one'), tie('one')).map(([branch, one, other]) => branch(one, other)),
  ),
})).one

/** What no schema above means, in place of a part of a value, or of a text. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    1n,
    Symbol.iterator,
    () => {},
  ),
  fc
    .constantFrom(
      () => [],
      () => ({}),
      () => new Map(),
      () => new Date(Number.NaN),
      () => new Even(1),
    )
    .map((make) => make()),
)
