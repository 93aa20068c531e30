import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { BrineError } from '../../src/errors.ts'
import { builtInTags } from '../../src/model/built-in-classes.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { compiledAccount, compiledClasses } from './compiled-classes.ts'

class Plain {
  constructor(readonly value: string) {}
}
class Secretive {
  #hidden = 1
  get hidden() {
    return this.#hidden
  }
}
class SecretiveMethod {
  quoted = '#'
  #run() {
    return this
  }
  get run() {
    return this.#run()
  }
}
class Inheriting extends Secretive {}
class StaticSecret {
  static #made = 0
  static make() {
    StaticSecret.#made += 1
    return new StaticSecret()
  }
  text = '#not = private'
  // #nor = this
  pattern = '{ #x = 1 }'
}
class Registry extends Map {}

const fields = z.object({ value: z.string() })
const plain = { value: '' }
const decode = () => new Plain('')
const codeOf = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    expect(error).toBeInstanceOf(BrineError)
    return (error as BrineError).code
  }
}

const odd = [
  '',
  ' ',
  'a b',
  'a"b',
  'a\\b',
  'a@1',
  '@',
  '1a',
  '-a',
  '.a',
  '/a',
  'ä',
  'a\n',
  'a:b',
  '__proto__',
  'x'.repeat(101),
  'a\u0000',
  '🥒',
]

describe('refuses at definition', () => {
  test.each(odd)('the tag %j, which has odd characters', (tag) => {
    expect(codeOf(() => defineModel(Plain, { tag, fields }))).toBe('MODEL_INVALID')
    expect(codeOf(() => defineModel(Plain, { tag: 'plain', fields, aliases: [tag] }))).toBe('MODEL_INVALID')
  })

  test.each([...builtInTags])('the tag %s, which is a built-in’s', (tag) => {
    expect(codeOf(() => defineModel(Plain, { tag, fields }))).toBe('MODEL_INVALID')
    expect(codeOf(() => defineModel(Plain, { tag: 'plain', fields, aliases: [tag] }))).toBe('MODEL_INVALID')
  })

  const rows: [name: string, define: () => unknown][] = [
    // @ts-expect-error a tag is a string
    ['a tag that is no string', () => defineModel(Plain, { tag: 7, fields })],
    // @ts-expect-error a tag is required
    ['no tag', () => defineModel(Plain, { fields })],
    // @ts-expect-error fields are a schema
    ['fields that are no schema', () => defineModel(Plain, { tag: 'plain', fields: { value: 'string' } })],
    // @ts-expect-error a class comes first
    ['no class', () => defineModel(undefined, { tag: 'plain', fields })],
    ['a function that makes nothing', () => defineModel(() => {}, { tag: 'plain', fields })],
    ['a version of 0', () => defineModel(Plain, { tag: 'plain', fields, version: 0 })],
    ['a version between two', () => defineModel(Plain, { tag: 'plain', fields, version: 1.5 })],
    ['an upcast from this version', () => defineModel(Plain, { tag: 'plain', fields, upcast: { 1: () => plain } })],
    [
      'an upcast from version 0',
      () => defineModel(Plain, { tag: 'plain', fields, version: 2, upcast: { 0: () => plain, 1: () => plain } }),
    ],
    // @ts-expect-error an upcaster is a function
    ['an upcast that is no function', () => defineModel(Plain, { tag: 'plain', fields, version: 2, upcast: { 1: 5 } })],
    [
      'a gap between upcasts',
      () => defineModel(Plain, { tag: 'plain', fields, version: 4, upcast: { 1: () => plain, 3: () => plain } }),
    ],
    [
      'an upcast from between two versions',
      // @ts-expect-error there is no such version
      () => defineModel(Plain, { tag: 'plain', fields, version: 3, upcast: { 1.5: () => plain, 2: () => plain } }),
    ],
    [
      'an upcast that is asynchronous',
      // @ts-expect-error its fields are a promise
      () => defineModel(Plain, { tag: 'plain', fields, version: 2, upcast: { 1: async () => plain } }),
    ],
    // @ts-expect-error upcasts have versions
    ['upcasts that are none', () => defineModel(Plain, { tag: 'plain', fields, version: 2, upcast: null })],
    ['an alias that is its tag', () => defineModel(Plain, { tag: 'plain', fields, aliases: ['plain'] })],
    ['an alias twice', () => defineModel(Plain, { tag: 'plain', fields, aliases: ['old', 'old'] })],
    // @ts-expect-error aliases are a list
    ['aliases that are no list', () => defineModel(Plain, { tag: 'plain', fields, aliases: 'old' })],
    [
      'an upcast missing at the end',
      () => defineModel(Plain, { tag: 'plain', fields, version: 3, upcast: { 1: () => plain } }),
    ],
    ['#private state with neither way back', () => defineModel(Secretive, { tag: 'secretive', fields: z.object({}) })],
    [
      'a #private method with neither way back',
      () => defineModel(SecretiveMethod, { tag: 'secretive', fields: z.object({}) }),
    ],
    [
      'inherited #private state with neither way back',
      () => defineModel(Inheriting, { tag: 'inheriting', fields: z.object({}) }),
    ],
    ['a subclass of Map with neither way back', () => defineModel(Registry, { tag: 'registry', fields: z.object({}) })],
    ...[
      Set,
      Array,
      Date,
      RegExp,
      URL,
      URLSearchParams,
      Uint8Array,
      DataView,
      ArrayBuffer,
      Promise,
      WeakMap,
      Number,
      String,
      DOMException,
      Intl.NumberFormat,
      WeakRef,
    ].map((base): [string, () => unknown] => [
      `a subclass of ${base.name} with neither way back`,
      // The constructors have nothing in common but that they can be extended.
      () =>
        defineModel(class extends (base as new (...args: never[]) => object) {}, { tag: 'sub', fields: z.object({}) }),
    ]),
    ...[
      Object,
      Map,
      Set,
      Array,
      Date,
      RegExp,
      URL,
      Uint8Array,
      Buffer,
      ArrayBuffer,
      Error,
      TypeError,
      AggregateError,
      Number,
      BrineError,
      DOMException,
    ].map((base): [string, () => unknown] => [
      `${base.name} itself, which travels without a model`,
      () => defineModel(base, { tag: 'mine', fields: z.object({}), encode: () => ({}), decode: () => ({}) as never }),
    ]),
    ['allocate without populate', () => defineModel(Plain, { tag: 'plain', fields, allocate: () => new Plain('') })],
    ['populate without allocate', () => defineModel(Plain, { tag: 'plain', fields, populate: () => {} })],
    [
      'decode beside allocate and populate',
      () => defineModel(Plain, { tag: 'plain', fields, decode, allocate: decode, populate: () => {} }),
    ],
    ['open fields without encode', () => defineModel(Plain, { tag: 'plain', fields: z.looseObject({}), decode })],
    [
      'fields that are no object, without encode',
      () => defineModel(Plain, { tag: 'plain', fields: z.string(), decode }),
    ],
    [
      'open fields without a way back',
      () => defineModel(Plain, { tag: 'plain', fields: z.looseObject({}), encode: () => ({}) }),
    ],
    [
      'fields of any keys without a way back',
      () => defineModel(Plain, { tag: 'plain', fields: z.record(z.string(), z.string()), encode: () => ({}) }),
    ],
  ]

  test.each(rows)('%s', (_, define) => {
    expect(codeOf(define)).toBe('MODEL_INVALID')
  })

  test.each(compiledClasses)('#private state that %s made into helpers', (_, compiled) => {
    expect(codeOf(() => defineModel(compiled, { tag: 'compiled', fields: z.object({}) }))).toBe('MODEL_INVALID')
  })
})

describe('takes', () => {
  test.each(['a', 'A', 'person', 'shop/order', 'shop.order', 'order-line_2', 'x'.repeat(100)])('the tag %s', (tag) => {
    expect(defineModel(Plain, { tag, fields }).tag).toBe(tag)
  })

  test('#private state that is of the class and not of its instances, and texts that look like it', () => {
    expect(StaticSecret.make()).toBeInstanceOf(StaticSecret)
    expect(
      defineModel(StaticSecret, { tag: 'static', fields: z.object({ text: z.string(), pattern: z.string() }) }).tag,
    ).toBe('static')
    expect(compiledAccount).toBeTypeOf('function')
  })

  test('versions that can no longer be read, when the upcasts begin later', () => {
    expect(defineModel(Plain, { tag: 'plain', fields, version: 4, upcast: { 3: () => plain } }).version).toBe(4)
    expect(defineModel(Plain, { tag: 'plain', fields, version: 4 }).version).toBe(4)
  })

  test('abstract classes and private constructors', () => {
    abstract class Shape {
      abstract area(): number
    }
    class Single {
      readonly one = 1
      private constructor() {}
      static make = () => new Single()
    }
    expect(defineModel(Shape, { tag: 'shape', fields: z.object({}) }).class).toBe(Shape)
    const single = defineModel(Single, { tag: 'single', fields: z.object({ one: z.number() }) })
    const codec = createCodec({ models: [single] })
    expect(codec.decode(codec.encode(Single.make()), single.schema).one).toBe(1)
  })
})
