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

/** One that may refer back, so that it comes back in two steps. */
export class Ring {
  next: Ring | null = null
  #mark = 0
  static of(mark: number, next: Ring | null): Ring {
    return Ring.fill(new Ring(), mark, next)
  }
  static fill(ring: Ring, mark: number, next: Ring | null): Ring {
    ring.#mark = mark
    ring.next = next
    return ring
  }
  get mark(): number {
    return this.#mark
  }
}

/** Its fields were others once: see `olderModels`. */
export class Visit {
  constructor(
    readonly at: Date,
    readonly who: { first: string; last?: string | undefined },
    readonly tags: ReadonlySet<string>,
  ) {}
}

/** A Map of its own, which is filled by its own code. */
export class Tally extends Map<string, bigint> {}

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

const ring: Model<Ring> = defineModel(Ring, {
  tag: 'ring',
  fields: z.object({
    mark: z.number(),
    get next() {
      return ring.schema.nullable()
    },
  }),
  encode: ({ mark, next }) => ({ mark, next }),
  allocate: () => new Ring(),
  populate: (made, { mark, next }) => void Ring.fill(made, mark, next),
})

const tally = defineModel(Tally, {
  tag: 'tally',
  fields: z.object({ entries: z.array(z.tuple([z.string(), z.bigint()])) }),
  encode: (it) => ({ entries: [...it] }),
  decode: ({ entries }) => new Tally(entries),
})

const visit = defineModel(Visit, {
  tag: 'visit',
  version: 3,
  fields: z.object({
    at: z.date(),
    who: z.object({ first: z.string(), last: z.string().optional() }),
    tags: z.set(z.string()),
  }),
  decode: ({ at, who, tags }) => new Visit(at, who, tags),
  aliases: ['call'],
  upcast: {
    1: ({ at, name: first }: { at: number; name: string }) => ({ at: new Date(at), first }),
    2: ({ at, first, ...rest }: { at: Date; first: string }) => {
      if (first === 'nobody') throw new Error('there was nobody')
      return { at, who: { first, ...rest }, tags: new Set<string>() }
    },
  },
})

class Call {
  readonly at: unknown
  constructor(fields: object) {
    Object.assign(this, fields)
  }
}
const decode = (fields: object) => new Call(fields)

/** The models of builds before, of the classes that they had then, and instances of those. */
export const older: readonly { models: readonly Model[]; values: fc.Arbitrary<unknown> }[] = [
  {
    models: [defineModel(Call, { tag: 'call', fields: z.object({ at: z.number(), name: z.string() }), decode })],
    values: fc
      .record({
        at: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
        name: fc.constantFrom('Jo', 'nobody'),
      })
      .map(decode),
  },
  {
    models: [
      defineModel(Call, {
        tag: 'visit',
        version: 2,
        fields: z.object({ at: z.date().nullable(), first: z.string(), last: z.string().optional() }),
        decode,
        upcast: {},
      }),
    ],
    values: fc
      .record(
        {
          at: fc.option(fc.date({ noInvalidDate: true }), { freq: 9 }),
          first: fc.constantFrom('Jo', 'nobody'),
          last: fc.string(),
        },
        { requiredKeys: ['at', 'first'], noNullPrototype: true },
      )
      .map(decode),
  },
  {
    // Of the same version, and yet of other fields: somebody changed them without a word.
    models: [
      defineModel(Call, {
        tag: 'visit',
        version: 3,
        fields: z.object({ tags: z.set(z.string()), at: z.date(), who: z.unknown(), stray: z.bigint().optional() }),
        decode,
        upcast: {},
      }),
    ],
    values: fc
      .record(
        {
          tags: fc.array(fc.string()).map((tags) => new Set(tags)),
          at: fc.date({ noInvalidDate: true }),
          who: fc.oneof(fc.constant('x'), fc.record({ first: fc.string() }, { noNullPrototype: true })),
          stray: fc.bigInt(),
        },
        { requiredKeys: ['tags', 'at', 'who'], noNullPrototype: true },
      )
      .map(decode),
  },
]

export const models: readonly Model[] = [span, name, tree, even, box, ring, tally, visit]
export const schemas = {
  ...{ span: span.schema, name: name.schema, tree: tree.schema, even: even.schema, box: box.schema },
  ...{ ring: ring.schema, tally: tally.schema, visit: visit.schema },
}

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
