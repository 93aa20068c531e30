import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import { BrineError } from '../../src/errors.ts'
import { defineKeys } from '../../src/seal/define-keys.ts'
import { here, keysFor } from '../seal/sealed-codec.ts'
import { orPositions } from './or-positions.ts'
import type { Case } from './thrown/case.ts'
import { Expired, GatewayError, models, OutOfStock, PaymentFailed, Rejected } from './thrown/errors.ts'
import { largeCases } from './thrown/large-cases.ts'
import { registeredCases } from './thrown/registered-cases.ts'
import { unregisteredCases } from './thrown/unregistered-cases.ts'

const place = { kind: 'error', job: 'charge', version: 1, id: 'job-1' } as const
const codec = createEnvelopeCodec({ models })
const cases = [...registeredCases, ...unregisteredCases, ...largeCases]

function arrive(thrown: unknown, by = codec): unknown {
  return by.decode(String(by.encodeThrown(thrown, place)), place).value
}

/** The names of errors' own properties are data, and are not printed where errors are encrypted. */
function byPositions(omitted: Case['omitted']): unknown {
  if (!Array.isArray(omitted)) return omitted
  return omitted.map((path: unknown) => (typeof path === 'string' ? expect.stringMatching(orPositions(path)) : path))
}

describe.each([
  ['without keys', codec, (omitted: Case['omitted']) => omitted],
  [
    'signed',
    createEnvelopeCodec({ models, keys: defineKeys(keysFor('sign')) }, here),
    (omitted: Case['omitted']) => omitted,
  ],
  ['encrypted', createEnvelopeCodec({ models, keys: defineKeys(keysFor('encrypt')) }, here), byPositions],
])('a failure that is thrown, %s', (_title, by, printed) => {
  test.each(cases)('keeps what travels: $title', (row) => {
    const arrived = arrive(row.thrown(), by) as object
    expect(Object.getPrototypeOf(arrived)).toBe(row.class.prototype)
    expect(arrived).toMatchObject(row.arrives)
    expect(Reflect.get(arrived, 'omitted')).toEqual(printed(row.omitted))
  })
})

test.each([['a text'], [undefined], [null], [0], [{ code: 1 }], [[1, 2]]])('keeps %o, which is no error', (thrown) => {
  expect(arrive(thrown)).toEqual(thrown)
})

test('keeps the parts that travel of a thrown object that is no error, as the cause of JOB_FAILED', () => {
  const arrived = arrive({ code: 1, list: [1], run: () => 1 })
  expect(arrived).toBeInstanceOf(BrineError)
  expect(arrived).toMatchObject({ code: 'JOB_FAILED', job: 'charge', cause: { code: 1, list: [1] } })
  expect(arrived).toHaveProperty('omitted', ['$.cause.run'])
})

test.each([
  ['a function', () => 'secret'],
  ['a Response', new Response('x')],
  ['a symbol', Symbol('x')],
  [
    'a proxy that throws',
    new Proxy(new Error('x'), {
      getPrototypeOf() {
        throw new Error('trap')
      },
    }),
  ],
])('says of %s only what it was', (_title, thrown) => {
  const arrived = arrive(thrown)
  expect(arrived).toMatchObject({ code: 'JOB_FAILED', job: 'charge' })
  expect(arrived).not.toHaveProperty('cause')
})

test('keeps the first paths of what was left out, and says how many more there are', () => {
  const functions = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`f${at}`, () => at]))
  const { omitted } = arrive(Object.assign(new Error('x'), functions)) as { omitted: string[] }
  expect(omitted.slice(0, 2)).toEqual(['$.f0', '$.f1'])
  expect(omitted).toHaveLength(21)
})

test('adds to the paths that an error lists as left out before', () => {
  const child = arrive(new PaymentFailed('declined', 'o1', { cause: new Response('x') }))
  expect(arrive(Object.assign(child as Error, { cause: { call: () => 1 } }))).toMatchObject({
    omitted: ['$.cause', '$.cause.call'],
  })
})

test("leaves a property of the user's by the name `omitted` alone", () => {
  expect(arrive(Object.assign(new Error('x'), { omitted: 7, call: () => 1 }))).toMatchObject({ omitted: 7 })
})

test('keeps stacks where they are allowed, those of degraded and of registered errors too', () => {
  const thrown = new OutOfStock('apples', { cause: new GatewayError('x', 1, { cause: () => 1 }) })
  const arrived = arrive(thrown, createEnvelopeCodec({ models, stacks: true })) as OutOfStock
  expect(arrived.stack).toBe(thrown.stack)
  expect(arrived.cause).toHaveProperty('stack', (thrown.cause as Error).stack)
  expect((arrive(thrown) as OutOfStock).stack).toBe('OutOfStock: out of stock: apples')
})

test('keeps at least the message under limits that hold little else', () => {
  const tight = createEnvelopeCodec({ models, limits: { maxBytes: 400, maxNodes: 40 } })
  const thrown = Object.assign(new GatewayError('no answer', 503), { body: 'x'.repeat(500), list: [...'a'.repeat(99)] })
  expect(arrive(thrown, tight)).toMatchObject({ name: 'GatewayError', message: 'no answer', status: 503 })
})

test('keeps the class and the message, whatever else an error holds', () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown[]>(
      () => 1,
      Symbol('x'),
      Promise.resolve(),
      new WeakMap(),
      new Response('x'),
      new GatewayError('x', 1),
    ),
    fc.constantFrom<unknown[]>(
      new Expired(new Date(0)),
      new OutOfStock('x'),
      new PaymentFailed('x', 'y', { cause: () => 1 }),
    ),
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withTypedArray: true,
      withSparseArray: true,
    }),
  )
  const holder = fc.oneof(
    odd,
    fc.array(odd),
    fc.dictionary(fc.string(), odd),
    fc.array(fc.tuple(odd, odd)).map((pairs) => new Map(pairs)),
  )
  fc.assert(
    fc.property(holder, holder, fc.string(), (details, cause, message) => {
      const thrown = new Rejected(message, details)
      thrown.cause = { cause, thrown }
      const arrived = arrive(thrown) as Rejected
      expect(Object.getPrototypeOf(arrived)).toBe(Rejected.prototype)
      expect(arrived.message).toBe(message)
      expect(arrived.cause).toHaveProperty('thrown', arrived)
    }),
  )
})

describe('an error that is a value, and not thrown', () => {
  const value = { kind: 'payload', job: 'charge', version: 1, id: 'job-1' } as const

  test('travels whole with the cause, the name and the message that its model does not declare', () => {
    const given = { failed: new OutOfStock('apples', { cause: new RangeError('none') }) }
    const { failed } = codec.decode(codec.encode(given, value), value).value as typeof given
    expect(failed).toBeInstanceOf(OutOfStock)
    expect(failed).toMatchObject({ name: 'OutOfStock', message: 'out of stock: apples', sku: 'apples' })
    expect(failed.cause).toBeInstanceOf(RangeError)
  })

  test.each([
    [
      'a cause without a model',
      new PaymentFailed('x', 'o1', { cause: new GatewayError('x', 1) }),
      'UNREGISTERED_CLASS',
      '$.failed.cause',
    ],
    [
      'an undeclared cause without a model',
      new OutOfStock('x', { cause: new GatewayError('x', 1) }),
      'UNREGISTERED_CLASS',
      '$.failed.cause',
    ],
    ['a function', Object.assign(new Error('x'), { call: () => 1 }), 'UNSUPPORTED_VALUE', '$.failed.call'],
    ['an undeclared property', Object.assign(new OutOfStock('x'), { id: 1 }), 'EXTRA_PROPERTY', '$.failed.id'],
  ])('is refused with its path when something would be lost: %s', (_title, failed, code, path) => {
    expect(() => codec.encode({ failed }, value)).toThrow(expect.objectContaining({ code, path }))
  })
})
