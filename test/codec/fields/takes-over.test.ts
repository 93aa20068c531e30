import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createEnvelopeCodec } from '../../../src/codec/envelope-codec.ts'
import { createValidator } from '../../../src/schema/validate.ts'
import { difference } from '../difference.ts'
import { Box, models, Name, Span, schemas, Tree } from './models.ts'

const place = { kind: 'value' } as const
const failure = { code: 'VALUE_INVALID' } as const
const codec = createEnvelopeCodec({ models })

function trip(schema: z.ZodType, value: unknown) {
  const validator = createValidator(schema)
  const text = String(codec.encodeChecked(value, place, { validator, failure }))
  return { encoding: JSON.parse(text).encoding, value: codec.decode(text, place, validator).value }
}

const day = new Date(0)
const span = () => new Span(day, new Date(1))
const pair = (part: z.ZodType) => z.object({ a: part, b: part })
const twice = (part: unknown) => ({ a: part, b: part })

describe('what the schemas do not say exactly goes in devalue/6, and comes back the same', () => {
  const rows: [name: string, schema: z.ZodType, value: unknown][] = [
    ['a date met twice', pair(z.date()), twice(new Date(0))],
    ['a list met twice', pair(z.array(z.number())), twice([1])],
    ['a Set met twice', pair(z.set(z.number())), twice(new Set([1]))],
    ['a Map met twice', pair(z.map(z.string(), z.number())), twice(new Map([['a', 1]]))],
    ['an object met twice', pair(z.object({ x: z.number() })), twice({ x: 1 })],
    ['a dictionary met twice', pair(z.record(z.string(), z.number())), twice({ x: 1 })],
    ['an instance met twice', pair(schemas.name), twice(Name.of('n'))],
    ['a part of two instances', z.array(schemas.span), [new Span(day, day)]],
    [
      'one of many that is met twice',
      z.array(z.date()),
      [...Array.from({ length: 400 }, (_, ms) => new Date(ms)), day, day],
    ],
    ['keys in another order', z.object({ a: z.number(), b: z.number() }), { b: 1, a: 2 }],
    ['a key that is not declared', z.object({ a: z.number() }), { a: 1, b: 2 }],
    ['a negative zero', z.number(), -0],
    ['an object without a prototype', z.object({ a: z.number() }), Object.assign(Object.create(null), { a: 1 })],
    ['an object where anything may be', z.object({ a: z.unknown() }), { a: { b: [1] } }],
    ['undefined where anything may be', z.object({ a: z.unknown() }), { a: undefined }],
    ['a hole in a list', z.array(z.string().optional()), Array.from({ length: 2 }).fill('a', 1)],
    [
      'more keys of a Map than are free',
      z.map(z.number(), z.number()),
      new Map(Array.from({ length: 300 }, (_, n) => [n, n])),
    ],
    ['what is deep', schemas.tree, deepTree(100)],
    ['a name that a layout cannot hold', z.object({ 'a,b': z.number() }), { 'a,b': 1 }],
    ['a schema that refers to itself', list, { next: { next: null } }],
  ]

  test.each(rows)('%s', (_, schema, value) => {
    const back = trip(schema, value)
    expect(back.encoding).toBe('devalue/6')
    expect(difference(value, back.value)).toBeUndefined()
  })
})

const list: z.ZodType = z.object({
  get next() {
    return list.nullable()
  },
})

function deepTree(depth: number): Tree {
  let tree = new Tree(0, [])
  for (let level = 0; level < depth; level += 1) tree = new Tree(level, [tree])
  return tree
}

describe('what they do say goes in fields/1', () => {
  const rows: [name: string, schema: z.ZodType, value: unknown][] = [
    ['a payload with an instance', z.object({ span: schemas.span, at: z.date() }), { span: span(), at: new Date(5) }],
    [
      'an instance with a mark of its own',
      z.object({ span: schemas.span.describe('when').meta({ sensitive: true }) }),
      { span: span() },
    ],
    ['an instance that is refined', z.object({ span: schemas.span.refine(() => true) }), { span: span() }],
    ['a field that is there as undefined', schemas.box, Object.assign(new Box('x'), { note: undefined })],
    ['a field that is absent', schemas.box, Object.assign(Object.create(Box.prototype), { inner: null })],
    ['a tree', schemas.tree, deepTree(10)],
    ['a class whose fields are a text', schemas.name, Name.of('n')],
    ['lone surrogates', z.string(), '\ud800'],
    ['many keys that are texts', z.set(z.string()), new Set(Array.from({ length: 300 }, (_, n) => `${n}`))],
    ['numbers from end to end', z.array(z.number()), [Number.MAX_VALUE, 5e-324, 2 ** 53, -1, 0.1]],
    [
      'bigints about what a number holds',
      z.array(z.bigint()),
      [0n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n), 10n ** 40n],
    ],
    ['names that look like indices', z.object({ 1: z.number(), 0: z.number() }), { 0: 1, 1: 2 }],
  ]

  test.each(rows)('%s', (_, schema, value) => {
    const back = trip(schema, value)
    expect(back.encoding).toBe('fields/1')
    expect(difference(value, back.value)).toBeUndefined()
  })
})

describe('what zod gives back less of is asked of zod', () => {
  const [short, long] = [z.object({ at: z.date() }), z.object({ at: z.date(), note: z.string() })]
  const value = { at: day, note: 'x' }
  const rows: [name: string, schema: z.ZodType, value: unknown, given: unknown][] = [
    ['an alternative that declares less', z.union([short, long]), value, { at: day }],
    ['the same within a list', z.union([z.array(short), z.array(long)]), [value], [{ at: day }]],
    ['an alternative that declares more', z.union([long, short]), value, value],
    ['an object that takes an instance', z.union([z.object({ from: z.date() }), schemas.span]), span(), { from: day }],
  ]

  test.each(rows)('%s', (_, schema, stored, given) => {
    const validator = createValidator(schema)
    const text = String(codec.encodeChecked(stored, place, { validator, failure }))
    expect(JSON.parse(text).encoding).toBe('fields/1')
    const { value: read, checked } = codec.decode(text, place, validator)
    expect(checked ? read : validator.readOutputSync(read, failure).value).toStrictEqual(given)
  })

  test('as are names that every object inherits', () => {
    const validator = createValidator(z.object({ toString: z.string().optional() }))
    const refused = expect.objectContaining({ code: 'VALUE_INVALID', path: '$.toString' })
    expect(() => codec.encodeChecked({}, place, { validator, failure })).toThrow(refused)
  })
})

describe('what would be lost is refused as ever', () => {
  const schema = z.object({ it: z.any() })
  const plain = z.object({ a: z.number() })
  const rows: [name: string, schema: z.ZodType, value: () => unknown, code: string, path: string][] = [
    [
      'an accessor of a plain object',
      plain,
      () => ({
        get a() {
          throw new Error('ran')
        },
      }),
      'VALUE_INVALID',
      '$',
    ],
    ['an accessor of an instance', schemas.span, accessor, 'ACCESSOR', '$.from'],
    ['a hidden property', plain, () => Object.defineProperty({ a: 1 }, 'b', { value: 2 }), 'EXTRA_PROPERTY', '$.b'],
    ['a symbol for a key', plain, () => ({ a: 1, [Symbol.iterator]: 2 }), 'UNSUPPORTED_VALUE', '$'],
    ['a property of a list', z.array(z.number()), () => Object.assign([1], { x: 1 }), 'EXTRA_PROPERTY', '$.x'],
    ['a hidden one of a list', z.array(z.number()), () => Object.defineProperty([1], 'x', {}), 'EXTRA_PROPERTY', '$.x'],
    [
      'an accessor of a list',
      z.array(z.number()),
      () => Object.defineProperty([1], 0, { get: () => 1, enumerable: true }),
      'ACCESSOR',
      '$[0]',
    ],
    ['a property of a date', z.date(), () => Object.assign(new Date(0), { x: 1 }), 'EXTRA_PROPERTY', '$.x'],
    [
      'a Map that looks plain',
      plain,
      () => Object.setPrototypeOf(Object.assign(new Map(), { a: 1 }), Object.prototype),
      'UNSUPPORTED_VALUE',
      '$',
    ],
    [
      'a property of an instance',
      schemas.box,
      () => Object.assign(new Box('x'), { stray: 1 }),
      'EXTRA_PROPERTY',
      '$.stray',
    ],
    ['a subclass', schemas.name, () => new (class Sub extends Name {})(), 'UNREGISTERED_CLASS', '$'],
    ['a function where anything may be', schema, () => ({ it: () => {} }), 'UNSUPPORTED_VALUE', '$.it'],
    [
      'fields that a check refuses',
      schemas.even,
      () => Object.assign(Object.create(Object.getPrototypeOf(evenOf(2))), { value: 3 }),
      'FIELDS_INVALID',
      '$.value',
    ],
  ]

  test.each(rows)('%s', (_, of, value, code, path) => {
    expect(() => trip(of, value())).toThrow(expect.objectContaining({ code, path }))
  })
})

function accessor(): Span {
  return Object.defineProperty(span(), 'from', {
    get() {
      throw new Error('ran')
    },
    enumerable: true,
  })
}

function evenOf(value: number): object {
  const even = models.find(({ tag }) => tag === 'even')
  return Object.assign(Object.create(even?.class.prototype ?? null), { value })
}

describe('the limits hold in both encodings alike', () => {
  const numbers = Array.from({ length: 60 }, (_, n) => n * 1000)
  test.each([
    ['maxArrayLength', { maxArrayLength: 59 }, z.array(z.number()), numbers],
    ['maxNodes', { maxNodes: 60 }, z.array(z.number()), numbers],
    ['maxNodes, of instances', { maxNodes: 60 }, z.array(schemas.even), numbers.slice(0, 20).map(evenOf)],
    ['maxDepth', { maxDepth: 5 }, schemas.tree, deepTree(10)],
    ['maxBigIntDigits', { maxBigIntDigits: 3 }, z.bigint(), 1000n],
    ['maxBytes', { maxBytes: 100 }, z.array(z.number()), numbers],
  ])('%s', (_, limits, schema, value) => {
    const validator = createValidator(schema)
    const text = String(codec.encodeChecked(value, place, { validator, failure }))
    expect(JSON.parse(text).encoding).toBe('fields/1')
    const strict = createEnvelopeCodec({ models, limits })
    const refused = expect.objectContaining({ code: 'LIMIT_EXCEEDED' })
    expect(() => strict.encodeChecked(value, place, { validator, failure })).toThrow(refused)
    // The headroom of a header is more than so few bytes.
    if (!('maxBytes' in limits)) expect(() => strict.decode(text, place, validator)).toThrow(refused)
  })

  test('what is large for its values alone is written as it can be', () => {
    const same = Array.from({ length: 5_000 }, () => 'x'.repeat(1_000))
    expect(trip(z.array(z.string()), same)).toEqual({ encoding: 'devalue/6', value: same })
  })
})
