import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { createValidator, type Failure } from '../../src/schema/validate.ts'
import { rejection } from '../queue/people.ts'

/** What a validator refused with, at once or later. */
const rejected = (validate: () => unknown) => rejection((async () => validate())())

const failure: Failure = { code: 'PAYLOAD_INVALID', job: 'greet' }

class Person {
  constructor(readonly name: string) {}
}

interface Tree {
  value: number
  next?: Tree | undefined
  kids: Tree[]
}
const lazyTree: z.ZodType<Tree> = z.object({
  value: z.number(),
  next: z.lazy(() => lazyTree).optional(),
  kids: z.lazy(() => z.array(lazyTree)),
})
const getterTree = z.object({
  value: z.number(),
  get kids() {
    return z.array(getterTree)
  },
})

function ring(): Tree {
  const tree: Tree = { value: 1, kids: [] }
  tree.next = tree
  tree.kids.push(tree)
  return tree
}

function getterRing() {
  const tree: { value: number; kids: unknown[] } = { value: 1, kids: [] }
  tree.kids.push(tree)
  return tree
}

const shared = { name: 'shared' }
const named = z.object({ name: z.string() })

describe('hands a value on as it is when the schema changes nothing in it', () => {
  test.each<[string, z.ZodType, unknown]>([
    [
      'primitives with checks',
      z.object({ a: z.string().min(1), b: z.int(), c: z.email() }),
      { a: 'x', b: 1, c: 'a@b.cd' },
    ],
    ['shared references', z.tuple([named, named]), [shared, shared]],
    ['a class instance', z.object({ who: z.instanceof(Person) }), { who: new Person('John') }],
    [
      'maps, sets and records',
      z.object({ m: z.map(z.string(), named), s: z.set(named), r: z.record(z.string(), named) }),
      { m: new Map([['k', shared]]), s: new Set([shared]), r: { k: shared } },
    ],
    [
      'unions and optionals',
      z.array(z.union([named.optional(), z.null(), z.literal(1)])),
      [shared, undefined, null, 1],
    ],
    ['an intersection', named.and(z.object({ age: z.number() })), { name: 'John', age: 1 }],
    ['a refinement', named.refine((value) => value.name !== ''), shared],
    ['an asynchronous refinement', named.refine(async (value) => value.name !== ''), shared],
    ['a catchall', z.looseObject({ a: z.number() }), { a: 1, b: shared }],
    ['a URL', z.array(z.url()), ['https://example.com/a?b']],
    ['anything', z.unknown(), shared],
    ['a ring through a lazy schema', lazyTree, ring()],
    ['a ring through a getter', getterTree, getterRing()],
  ])('%s', async (_title, schema, value) => {
    expect((await createValidator(schema).readOutput(value, failure)).value).toBe(value)
  })
})

describe("gives zod's output when the schema changes something", () => {
  test.each<[string, z.ZodType, unknown, unknown]>([
    ['a transform', z.string().transform((text) => text.length), 'four', 4],
    ['a default', z.object({ n: z.number().default(3) }), {}, { n: 3 }],
    ['a prefault', z.object({ n: z.string().prefault('a') }), {}, { n: 'a' }],
    ['a catch', z.number().catch(7), 'x', 7],
    ['a coercion', z.coerce.number(), '5', 5],
    ['a preprocess', z.preprocess((value) => Number(value), z.number()), '5', 5],
    ['a pipe', z.string().pipe(z.coerce.number()), '5', 5],
    ['a codec', z.codec(z.string(), z.number(), { decode: Number, encode: String }), '5', 5],
    ['a trim', z.string().trim(), ' a ', 'a'],
    ['an overwrite', z.number().overwrite((value) => value + 1), 1, 2],
    ['a normalized URL', z.url({ normalize: true }), 'HTTP://A.b', 'http://a.b/'],
    [
      'a change deep inside',
      z.map(z.string(), z.set(z.string().toUpperCase())),
      new Map([['k', new Set(['a'])]]),
      new Map([['k', new Set(['A'])]]),
    ],
    ['keys that it drops', named, { name: 'John', admin: true }, { name: 'John' }],
    ['keys that it drops deep inside', z.array(named), [{ name: 'John', admin: true }], [{ name: 'John' }]],
    ['whitespace around a URL', z.url(), ' https://a.b ', 'https://a.b'],
  ])('%s', async (_title, schema, value, output) => {
    expect((await createValidator(schema).readOutput(value, failure)).value).toEqual(output)
    expect(createValidator(schema).readOutputSync(value, failure).value).toEqual(output)
  })

  test('a readonly, which freezes', async () => {
    const { value } = await createValidator(z.object({ a: z.number() }).readonly()).readOutput({ a: 1 }, failure)
    expect(Object.isFrozen(value)).toBe(true)
  })
})

describe('checks what a producer gives without running transforms', () => {
  let runs = 0
  const count = <T>(value: T): T => {
    runs += 1
    return value
  }
  const date = z.codec(z.iso.datetime(), z.date(), { decode: (text) => count(new Date(text)), encode: String })

  test.each<[string, z.ZodType, unknown]>([
    ['a transform', z.string().transform(count), 'a'],
    [
      'a check after a transform',
      z
        .string()
        .transform((text) => count(text.length))
        .refine(count),
      'a',
    ],
    ['a check above a transform', z.object({ n: z.string().transform(count) }).refine(count), { n: 'a' }],
    ['a preprocess', z.preprocess(count, z.number()), 'not yet a number'],
    ['a codec', z.array(date), ['2020-01-01T00:00:00Z']],
    ['a default', z.object({ n: z.number().default(() => count(1)) }), {}],
    ['a catch', z.number().catch(() => count(1)), 'x'],
    ['a union of transforms', z.union([z.string().transform(count), z.number()]), 'a'],
    [
      'a discriminated union',
      z.discriminatedUnion('k', [z.object({ k: z.literal('a'), t: z.string().transform(count) })]),
      { k: 'a', t: '' },
    ],
    ['a lazy transform', z.lazy(() => z.string().transform(count)), 'a'],
  ])('%s', async (_title, schema, value) => {
    runs = 0
    await createValidator(schema).checkInput(value, failure)
    createValidator(schema).checkInputSync(value, failure)
    expect(runs).toBe(0)
  })

  test.each<[string, z.ZodType, unknown, string]>([
    ['before a transform', z.string().transform(count), 1, '$'],
    ['before a codec', z.array(date), ['2020-01-01T00:00:00Z', 'secret'], '$[1]'],
    ['under a default', z.object({ n: z.number().default(1) }), { n: 'secret' }, '$.n'],
    ['beside a transform', z.object({ n: z.string().transform(count), m: z.number() }), { n: '', m: 'secret' }, '$.m'],
    ['after a trim', z.object({ n: z.string().trim().min(1) }), { n: '  ' }, '$.n'],
    ['of the length of an array whose elements change', z.array(z.coerce.number()).min(1), [], '$'],
    ['below a readonly', z.object({ a: z.number() }).readonly(), { a: 'secret' }, '$.a'],
    [
      'in a recursive schema with defaults',
      z.object({
        n: z.number().default(1),
        get kids(): z.ZodType {
          return z.array(recursive)
        },
      }),
      { kids: [{ kids: [{ n: 'secret', kids: [] }] }] },
      '$.kids[0].kids[0].n',
    ],
  ])('and keeps the checks %s', async (_title, schema, value, path) => {
    const error = await rejected(() => createValidator(schema).checkInput(value, failure))
    expect(error).toMatchObject({ code: 'PAYLOAD_INVALID', job: 'greet', path })
    expect(String(error)).not.toContain('secret')
  })
})

const recursive: z.ZodType = z.object({
  n: z.number().default(1),
  get kids(): z.ZodType {
    return z.array(recursive)
  },
})

describe('names the place of the first issue, and no values', () => {
  const numbers = z.map(z.string(), z.number())
  test.each<[string, z.ZodType, unknown, string]>([
    ['the whole', z.string(), 5, '$'],
    ['a property', z.object({ a: z.object({ b: z.number() }) }), { a: { b: 'secret' } }, '$.a.b'],
    ['a property with an odd name', z.object({ 'odd key': z.number() }), { 'odd key': 'secret' }, '$["odd key"]'],
    ['an element', z.array(z.array(z.number())), [[], [1, 'secret']], '$[1][1]'],
    [
      'a value of a map',
      z.object({ m: numbers }),
      {
        m: new Map<string, unknown>([
          ['a', 1],
          ['secret', 'x'],
        ]),
      },
      '$.m.value(1)',
    ],
    ['a key of a map', z.map(z.string().max(3), z.number()), new Map([['secret', 1]]), '$.key(0)'],
    [
      'a key of a map that is an object',
      z.map(named, z.number()),
      new Map<unknown, unknown>([
        [shared, 1],
        [{ name: 5 }, 2],
      ]),
      '$.key(1).name',
    ],
    [
      'a value under an object as key',
      z.map(z.date(), named),
      new Map<unknown, unknown>([[new Date(0), { name: 5 }]]),
      '$.value(0).name',
    ],
    ['a member of a set', z.set(z.number()), new Set([1, 'secret']), '$.member(1)'],
    [
      'something in a member of a set',
      z.object({ s: z.set(z.array(named)) }),
      { s: new Set([[shared], [shared, { name: 5 }]]) },
      '$.s.member(1)[1].name',
    ],
    ['a set itself', z.object({ s: z.set(z.number()).min(2) }), { s: new Set([1]) }, '$.s'],
    ['a value of a record', z.record(z.string(), z.number()), { a: 1, secret: 'secret' }, '$.value(1)'],
    ['a key of a record', z.record(z.string().max(3), z.number()), { secret: 1 }, '$.key(0)'],
    [
      'a value under a name that a record declares',
      z.record(z.enum(['a b', 'c']), z.number()),
      { 'a b': 'secret', c: 1 },
      '$["a b"]',
    ],
    [
      'a value of a record within one of an object, which two alternatives describe',
      z.union([z.object({ m: z.record(z.string(), z.record(z.string(), z.number())).optional() }), z.null()]),
      { m: { secret: { a: 1, secret2: 'secret' } } },
      '$.m.value(0).value(1)',
    ],
    [
      'a value of a Map under a record',
      z.record(z.string(), z.map(z.string(), z.number())),
      { secret: new Map([['secret', 'x']]) },
      '$.value(0).value(0)',
    ],
    [
      'a value of what an object takes besides',
      z.object({ a: z.number() }).catchall(z.number()),
      { a: 1, secret: 'x' },
      '$.value(1)',
    ],
    [
      'a value of a record on one side of an intersection',
      z.intersection(z.object({ a: z.number() }), z.record(z.string(), z.number())),
      { a: 1, secret: 'x' },
      '$.value(1)',
    ],
    [
      'a path that a check of the user names',
      z
        .object({ a: z.unknown() })
        .superRefine((_, issues) => issues.addIssue({ code: 'custom', path: ['a', 'secret'] })),
      { a: { secret: 1 } },
      '$.a.value(0)',
    ],
    [
      'a path of a check that is made of the value',
      z.string().superRefine((value, issues) => issues.addIssue({ code: 'custom', path: [`${value}!`] })),
      'secret',
      '$["…"]',
    ],
    [
      'a path of a check to what is not there',
      z.object({ a: z.unknown() }).refine(() => false, { path: ['a', 'b'] }),
      { a: { c: 1 } },
      '$.a.b',
    ],
    [
      'something in the one alternative that fits',
      z.union([z.object({ a: z.number() }), z.null()]),
      { a: 'secret' },
      '$.a',
    ],
    ['the discriminator', z.discriminatedUnion('k', [z.object({ k: z.literal('a') })]), { k: 'secret' }, '$.k'],
    ['what a refinement points at', named.refine(() => false, { path: ['name'] }), { name: 'secret' }, '$.name'],
    ['keys that are too many', z.strictObject({}), { secret: 1 }, '$'],
  ])('%s', async (_title, schema, value, path) => {
    const error = await rejected(() => createValidator(schema).checkInput(value, failure))
    expect(error).toMatchObject({ code: 'PAYLOAD_INVALID', job: 'greet', path })
    expect(String(error)).not.toContain('secret')
  })

  test('tells of three issues, and counts the others', async () => {
    const schema = z.object({ a: z.number(), b: z.number(), c: z.number(), d: z.number() })
    const error = await rejected(() => createValidator(schema).checkInput({}, failure))
    const text = 'expected number, got undefined'
    expect(String(error)).toBe(`BrineError: PAYLOAD_INVALID greet $.a: ${text}; $.b: ${text}; $.c: ${text}; and 1 more`)
  })

  test("leaves the user's own messages out, which may hold the value", async () => {
    const schema = z
      .string({ error: ({ input }) => `bad: ${input}` })
      .refine(() => false, { error: ({ input }) => `bad: ${input}` })
    expect(String(await rejected(() => createValidator(schema).checkInput('secret', failure)))).not.toContain('secret')
    expect(String(await rejected(() => createValidator(schema).checkInput(12345, failure)))).not.toContain('12345')
  })
})

describe('refuses, rather than crashes', () => {
  test.each<[string, z.ZodType, unknown]>([
    [
      'a cycle that closes through a transform',
      z.object({
        get self(): z.ZodType {
          return cyclic
        },
      }),
      ring(),
    ],
    [
      'a check that throws',
      z.string().refine(() => {
        throw new Error('secret')
      }),
      'a',
    ],
    [
      'a message that throws',
      z.string().refine(() => false, {
        error: () => {
          throw new Error('secret')
        },
      }),
      'a',
    ],
  ])('%s', async (_title, schema, value) => {
    if (value !== 'a') Object.assign(value as object, { self: value })
    const error = await rejected(() => createValidator(schema).readOutput(value, failure))
    expect(error).toMatchObject({ code: 'PAYLOAD_INVALID', job: 'greet', path: '$' })
    expect(String(error)).not.toContain('secret')
  })

  test('what is nested too deep for a recursive schema', async () => {
    let deep: Tree = { value: 1, kids: [] }
    for (let level = 0; level < 100_000; level += 1) deep = { value: 1, kids: [deep] }
    expect(await rejected(() => createValidator(lazyTree).readOutput(deep, failure))).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      job: 'greet',
    })
  })

  test('asynchronous checks where nothing can be awaited', () => {
    const { readOutputSync } = createValidator(z.string().refine(async () => true))
    expect(() => readOutputSync('a', failure)).toThrowError(expect.objectContaining({ code: 'PAYLOAD_INVALID' }))
  })
})

const cyclic: z.ZodType = z.object({
  get self(): z.ZodType {
    return cyclic.transform((value) => ({ ...(value as object) }))
  },
})

test('a schema whose parts are used twice on each of many levels is looked at part by part, not way by way', () => {
  let schema: z.ZodType = z.string()
  for (let level = 0; level < 60; level += 1) schema = z.object({ a: schema.optional(), b: schema.optional() })
  const value = { a: { b: { a: {} } } }
  expect(createValidator(schema).readOutputSync(value, { code: 'VALUE_INVALID' }).value).toBe(value)
  expect(createCodec().decode(createCodec().encode(value), schema)).toEqual(value)
})
