import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { createValidator } from '../../src/schema/validate.ts'
import { failure, rejected } from './rejected.ts'

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

test.each<[string, (id: z.ZodType) => z.ZodType]>([
  ['in an object', (id) => z.object({ id })],
  ['beside lists, whose walks are counted', (id) => z.object({ id, list: z.array(z.array(z.string())).optional() })],
  ['beside a transform', (id) => z.object({ id, t: z.string().transform(Number).optional() })],
  ['in a lazy schema', (id) => z.lazy(() => z.object({ id, list: z.array(z.unknown()).optional() }))],
  ['in an intersection', (id) => z.intersection(z.object({ id }), z.object({ list: z.array(z.unknown()).optional() }))],
])('makes a new default for each value, however the schema is rewritten: %s', async (_title, schemaOf) => {
  const schema = schemaOf(z.array(z.array(z.unknown())).default(() => []))
  for (const parse of ['read', 'store'] as const) {
    const validator = createValidator(schema, { parse })
    const readAgain = async () => {
      const stored = (await validator.parseInput?.({}, failure, () => ({}))) ?? { value: {} }
      return z.object({ id: z.array(z.unknown()) }).parse((await validator.readOutput(stored.value, failure)).value)
    }
    const [one, other] = [await readAgain(), await readAgain()]
    one.id.push('changed')
    expect(other.id).toEqual([])
  }
})

test.each([10, 20_000])('gives each of many values a default of its own, %i elements at most', (most) => {
  let count = 0
  const schema = z.object({ id: z.number().default(() => ++count), list: z.array(z.string()).max(most).optional() })
  const { readOutputSync } = createValidator(schema)
  const ids = [1, 2, 3].map(() => z.object({ id: z.number() }).parse(readOutputSync({}, failure).value).id)
  expect(new Set(ids).size).toBe(3)
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
