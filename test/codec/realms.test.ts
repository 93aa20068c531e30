import { readFileSync } from 'node:fs'
import { runInThisContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import { BrineError } from '../../src/errors.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { inThisRealm } from '../../src/realm/in-this-realm.ts'
import { asForeign, inAnotherRealm } from '../realm/another-realm.ts'
import { difference } from './difference.ts'

const codec = createCodec()
const here = (expression: string): unknown => runInThisContext(`(${expression})`)

const travelling = [
  '{}',
  '{ a: [1, { b: new Date(0) }] }',
  'Object.create(null)',
  '[1, , 3]',
  'new Map([[{ k: 1 }, new Set([1n, new Map()])]])',
  'new Date(NaN)',
  'Object.assign(/a"b/gi, { lastIndex: 3 })',
  'Object(1)',
  'Object("text")',
  'Object(true)',
  'Object(1n)',
  'new ArrayBuffer(3)',
  'new Uint8Array([1, 2, 3]).subarray(1)',
  'new Uint8Array(4000)',
  'new Float64Array([1.5])',
  'new BigInt64Array(1000)',
  'new DataView(new ArrayBuffer(8), 2, 3)',
  'new Error("x")',
  'new TypeError("x", { cause: new RangeError("y", { cause: { at: [new Date(1)] } }) })',
  'new AggregateError([new SyntaxError("z")], "several")',
  'Object.assign(new Error("ENOENT"), { errno: -2, code: "ENOENT", syscall: "open", path: "/nope" })',
  '(() => { const ring = { list: [] }; ring.list.push(ring, ring.list); return ring })()',
]

const refused = [
  'new (class Person {})()',
  'new (class extends Map {})()',
  'new (class Map extends globalThis.Map {})()',
  'new (class extends Array {})()',
  'new (class extends Date {})()',
  'new (class extends Error {})()',
  'new (class extends Uint8Array {})(1)',
  'Object.create({})',
  'Object.create({ constructor: Object, hasOwnProperty() {}, isPrototypeOf() {} })',
  'Object.create(Object.assign(Object.create(null), { constructor: Object }))',
  `(() => {
    function Object() {}
    const prototype = globalThis.Object.create(null)
    globalThis.Object.defineProperty(prototype, 'constructor', { value: Object })
    globalThis.Object.defineProperty(Object, 'prototype', { value: prototype, writable: false })
    return globalThis.Object.create(prototype)
  })()`,
  'Object.create(Map.prototype)',
  'Object.create(Date.prototype)',
  'Object.create(Error.prototype)',
  'Object.setPrototypeOf(new Map(), Object.prototype)',
  'Object.setPrototypeOf(new Map(), Set.prototype)',
  'Object.setPrototypeOf(new Date(0), null)',
  'Object.setPrototypeOf([], Map.prototype)',
  'Object.assign(new Map(), { extra: 1 })',
  'Object.assign(new Date(0), { extra: 1 })',
  'Object.assign([1], { extra: 1 })',
  'Object.defineProperty(new Date(0), "constructor", { value: class Date {}, configurable: true })',
  'Object.defineProperty(new Date(0), "constructor", { value: Map, enumerable: true })',
  '{ [Symbol("key")]: 1 }',
  '{ [Symbol.toStringTag]: "Date" }',
  'Object.defineProperty({}, "hidden", { value: 1 })',
  '{ get now() { throw new Error("an accessor ran") } }',
  'Object.create({ get constructor() { throw new Error("an accessor ran") } })',
  '() => 1',
  'Promise.resolve(1)',
  'new WeakMap()',
  'new WeakRef({})',
  'new SharedArrayBuffer(1)',
  'new Uint8Array(new SharedArrayBuffer(1))',
  'Object(Symbol())',
  'Math',
  'new Proxy(new Map(), {})',
]

function refusalOf(value: unknown): unknown {
  try {
    return codec.encode(value)
  } catch (error) {
    expect(error).toBeInstanceOf(BrineError)
    return { code: Reflect.get(error as object, 'code'), path: Reflect.get(error as object, 'path') }
  }
}

describe('of another realm', () => {
  test.each(travelling)('is written as one of this realm, and comes back as one: %s', (expression) => {
    const text = codec.encode(inAnotherRealm(expression))
    expect(text).toBe(codec.encode(here(expression)))
    expect(difference(here(expression), codec.decode(text))).toBeUndefined()
    expect(difference(here(expression), inThisRealm(inAnotherRealm(expression)))).toBeUndefined()
  })

  test.each(refused)('is refused as one of this realm is: %s', (expression) => {
    const refusal = refusalOf(inAnotherRealm(expression))
    expect(refusal).toMatchObject({ path: expect.stringMatching(/^\$/) })
    expect(refusal).toEqual(refusalOf(here(expression)))
  })
})

test('whatever was made in another realm has the text that it has in this one', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, maxDepth: 4 })
  fc.assert(
    fc.property(anything, (value) => {
      fc.pre(!JSON.stringify(Object.keys(Object(value))).includes('__proto__'))
      const foreign = asForeign(value)
      let text: string
      try {
        text = codec.encode(value)
      } catch {
        return
      }
      expect(codec.encode(foreign)).toBe(text)
      expect(difference(codec.decode(text), inThisRealm(foreign))).toBeUndefined()
    }),
  )
})

test('a value that holds nothing of another realm is not copied', () => {
  const value = { list: [new Map([[1, new Date(0)]])], error: new Error('x', { cause: [/a/] }), own: new (class {})() }
  expect(inThisRealm(value)).toBe(value)
})

describe('schemas', () => {
  const schemas: [name: string, schema: z.ZodType, expression: string][] = [
    ['z.date()', z.date(), 'new Date(0)'],
    ['z.map()', z.map(z.string(), z.date()), 'new Map([["a", new Date(0)]])'],
    ['z.set()', z.set(z.array(z.date())), 'new Set([[new Date(0)]])'],
    ['z.record()', z.record(z.string(), z.date()), '({ a: new Date(0) })'],
    ['z.object()', z.object({ at: z.date() }), '({ at: new Date(0) })'],
    ['z.instanceof(RegExp)', z.instanceof(RegExp), '/a/g'],
    ['z.instanceof(Error)', z.instanceof(Error), 'new RangeError("x")'],
    ['z.instanceof(Uint8Array)', z.instanceof(Uint8Array), 'new Uint8Array([1])'],
    ['z.instanceof(ArrayBuffer)', z.instanceof(ArrayBuffer), 'new ArrayBuffer(2)'],
    ['z.union()', z.union([z.string(), z.object({ at: z.date() })]), '({ at: new Date(0) })'],
  ]
  class Holder {
    constructor(readonly held: unknown) {}
  }

  test.each(schemas)("take a value of another realm in a model's fields: %s", (_, schema, expression) => {
    const fields = z.object({ held: schema })
    const model = defineModel(Holder, { tag: 'holder', fields })
    const byOwnCode = defineModel(Holder, {
      tag: 'holder',
      fields,
      encode: (holder) => ({ held: holder.held }),
      decode: ({ held }) => new Holder(held),
    })
    for (const one of [model, byOwnCode]) {
      const models = createCodec({ models: [one] })
      const back = models.decode(models.encode([new Holder(inAnotherRealm(expression))]), z.tuple([one.schema]))
      expect(difference(here(expression), back[0].held)).toBeUndefined()
    }
  })

  test('name the path of a value that they refuse', () => {
    const model = defineModel(Holder, { tag: 'holder', fields: z.object({ held: z.map(z.string(), z.date()) }) })
    const foreign = inAnotherRealm('new Map([["a", new Date(0)], ["b", new Date(NaN)]])')
    expect(() => createCodec({ models: [model] }).encode(new Holder(foreign))).toThrow(
      expect.objectContaining({ code: 'FIELDS_INVALID', path: '$.held.value(1)' }),
    )
  })

  test('take a value that an upcaster made in another realm', () => {
    const fields = z.object({ held: z.date() })
    const old = createCodec({
      models: [defineModel(Holder, { tag: 'holder', fields: z.object({ held: z.number() }) })],
    })
    const upcast = { 1: () => inAnotherRealm('({ held: new Date(7) })') as { held: Date } }
    const model = defineModel(Holder, { tag: 'holder', version: 2, fields, upcast })
    const back = createCodec({ models: [model] }).decode(old.encode(new Holder(7)), model.schema)
    expect(difference(new Date(7), back.held)).toBeUndefined()
  })
})

test('a class of another realm that is registered is matched exactly, and its built-in bases are known', () => {
  const [Reading, Failed] = inAnotherRealm('[class Reading {}, class Failed extends TypeError {}]') as [
    new () => { at?: unknown },
    new (message: string) => Error,
  ]
  const models = [
    defineModel(Reading, { tag: 'reading', fields: z.object({ at: z.date().optional() }) }),
    defineModel(Failed, { tag: 'failed', fields: z.object({ message: z.string() }) }),
  ]
  const own = createCodec({ models })
  const back = own.decode(own.encode([Object.assign(new Reading(), { at: new Date(3) }), new Failed('why')]))
  expect(back).toEqual([expect.any(Reading), expect.any(Failed)])
  expect(back).toMatchObject([{ at: new Date(3) }, { message: 'why' }])
  const Foreign = inAnotherRealm('Map') as MapConstructor
  expect(() => defineModel(Foreign, { tag: 'map', fields: z.object({}), decode: () => new Foreign() })).toThrow(
    expect.objectContaining({ code: 'MODEL_INVALID' }),
  )
})

test('an error class of another realm that its model decodes keeps its cause when it is thrown', () => {
  const Failed = inAnotherRealm('class Failed extends TypeError {}') as new (
    message: string,
    options?: ErrorOptions,
  ) => Error
  const model = defineModel(Failed, {
    tag: 'failed',
    fields: z.object({ message: z.string() }),
    decode: ({ message }) => new Failed(message),
  })
  const envelopes = createEnvelopeCodec({ models: [model] })
  const text = envelopes.encodeThrown(new Failed('why', { cause: new RangeError('far') }), { kind: 'error' })
  const back = envelopes.decode(String(text), { kind: 'error' }).value
  expect(back).toBeInstanceOf(Failed)
  expect(back).toMatchObject({ message: 'why', cause: new RangeError('far') })
})

test('what Node itself gives travels as before', () => {
  const url = new URL('https://a.b/?c=1')
  const value = [
    url,
    new URLSearchParams('a=1'),
    readFileSync(import.meta.filename).subarray(0, 9),
    AbortSignal.abort().reason,
  ]
  expect(difference(value, codec.decode(codec.encode(value)))).toBeUndefined()
})
