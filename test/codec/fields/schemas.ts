import fc from 'fast-check'
import { z } from 'zod'
import { defineModel } from '../../../src/model/define-model.ts'
import type { Model } from '../../../src/model/model.ts'

/** Comes back by its fields alone. */
export class Box {
  constructor(
    public inner: unknown,
    public note?: string,
  ) {}
}

/** Built by its constructor, which keeps an invariant. */
export class Span {
  constructor(
    readonly from: Date,
    readonly to: Date,
  ) {
    if (from > to) throw new RangeError('ends before it begins')
  }
}

/** `#private` state, and fields that are no object. */
export class Name {
  #text = ''
  static of(text: string): Name {
    const name = new Name()
    name.#text = text
    return name
  }
  get text(): string {
    return this.#text
  }
}

/** Refers to itself. */
export class Tree {
  constructor(
    readonly label: number,
    readonly kids: readonly Tree[],
  ) {}
}

/** Its schema has a check that only zod knows. */
export class Even {
  constructor(readonly value: number) {}
}

const span = defineModel(Span, {
  tag: 'span',
  fields: z.object({ from: z.date(), to: z.date() }),
  decode: ({ from, to }) => new Span(from, to),
})
const name = defineModel(Name, {
  tag: 'name',
  fields: z.string().max(6),
  encode: (it) => it.text,
  decode: (text) => Name.of(text),
})
const tree: Model<Tree> = defineModel(Tree, {
  tag: 'tree',
  version: 2,
  fields: z.object({
    label: z.number(),
    get kids() {
      return z.array(tree.schema)
    },
  }),
  decode: ({ label, kids }) => new Tree(label, kids),
  upcast: { 1: (label: number) => ({ label, kids: [] }) },
})
const even = defineModel(Even, {
  tag: 'even',
  fields: z.object({ value: z.number().refine((value) => value % 2 === 0) }),
  decode: ({ value }) => new Even(value),
})

const box = defineModel(Box, {
  tag: 'box',
  fields: z.object({ inner: z.union([z.string(), span.schema, z.null()]), note: z.string().optional() }),
})

export const models: readonly Model[] = [span, name, tree, even, box]
export const schemas = { span: span.schema, name: name.schema, tree: tree.schema, even: even.schema, box: box.schema }

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

const leaves: readonly Case[] = [
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
