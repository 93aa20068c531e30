import { describe, expect, expectTypeOf, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import { Link, models, Person, Point } from './classes.ts'
import { difference } from './difference.ts'

const codec = createCodec({ models })
const personSchema = z.instanceof(Person)

test('gives back what it was given, as pickle does with dumps and loads', () => {
  const back = codec.decode(codec.encode(new Person('John', 20)))
  expect(back).toBeInstanceOf(Person)
  expect((back as Person).greet()).toBe('Hi John')
})

test('writes JSON on one line, in which nothing is JSON within JSON', () => {
  const text = codec.encode({ person: new Person('John', 20) })
  expect(text).not.toContain('\n')
  expect(JSON.parse(text)).toEqual({
    brine: 1,
    kind: 'value',
    encoding: 'devalue/6',
    body: [{ person: 1 }, ['person@1', 2], { name: 3, age: 4 }, 'John', 20],
  })
})

test('knows no other codec’s models', () => {
  const text = codec.encode(new Person('John', 20))
  expect(() => createCodec().decode(text)).toThrow(expect.objectContaining({ code: 'TAG_UNKNOWN', path: '$' }))
})

describe('with a schema', () => {
  test('gives its type', () => {
    const john = codec.decode(codec.encode(new Person('John', 20)), personSchema)
    expectTypeOf(john).toEqualTypeOf<Person>()
    const anything = codec.decode(codec.encode(1))
    expectTypeOf(anything).toBeUnknown()
    expect(john.name).toBe('John')
  })

  test('keeps the graph when the schema changes nothing', () => {
    const shared = { tags: ['a'] }
    const ring = new Link(1)
    ring.next = ring
    const value = { left: shared, right: shared, ring, people: new Map([['john', new Person('John', 20)]]) }
    const part = z.object({ tags: z.array(z.string()) })
    const schema = z.object({
      left: part,
      right: part,
      ring: z.instanceof(Link),
      people: z.map(z.string(), personSchema),
    })
    expect(difference(value, codec.decode(codec.encode(value), schema))).toBeUndefined()
  })

  test('applies transforms, defaults and coercions', () => {
    const schema = z.object({ n: z.string().transform(Number), flag: z.boolean().default(true), at: z.coerce.date() })
    const value = codec.decode(codec.encode({ n: '7', at: 0 }), schema)
    expectTypeOf(value).toEqualTypeOf<{ n: number; flag: boolean; at: Date }>()
    expect(value).toEqual({ n: 7, flag: true, at: new Date(0) })
  })

  test('refuses what it does not accept, with the path', () => {
    const text = codec.encode({ people: [new Person('John', 20), new Point(1, 2)] })
    expect(() => codec.decode(text, z.object({ people: z.array(personSchema) }))).toThrow(
      expect.objectContaining({ code: 'VALUE_INVALID', path: '$.people[1]' }),
    )
  })

  test('refuses a schema that can only be asked asynchronously', () => {
    const schema = z.string().refine(async () => true)
    expect(() => codec.decode(codec.encode('x'), schema)).toThrow(expect.objectContaining({ code: 'VALUE_INVALID' }))
  })
})

describe('bytes that were not visible', () => {
  const secret = 'do-not-send-this'
  const views: [name: string, view: (pool: Buffer) => ArrayBufferView][] = [
    ['a part of a Buffer', (pool) => pool.subarray(32, 40)],
    ['a Uint8Array over it', (pool) => new Uint8Array(pool.buffer, pool.byteOffset + 32, 8)],
    ['a DataView over it', (pool) => new DataView(pool.buffer, pool.byteOffset + 32, 8)],
    ['an empty view', (pool) => pool.subarray(32, 32)],
    ['a Float64Array over it', (pool) => new Float64Array(pool.buffer.slice(0), 0, 1)],
  ]

  test.each(views)('do not travel with %s', (_, view) => {
    const pool = Buffer.alloc(64)
    pool.write(secret, 8)
    pool.write(secret, 44)
    const text = codec.encode({ a: view(pool), b: [view(pool)] })
    for (const [, base64] of text.matchAll(/"ArrayBuffer","([^"]*)"/g)) {
      expect(Buffer.from(base64 ?? '', 'base64').includes('not-send')).toBe(false)
    }
  })

  test("do not travel from Node's shared pool", () => {
    Buffer.from(secret)
    const small = Buffer.from('visible')
    expect(small.buffer.byteLength).toBeGreaterThan(small.byteLength)
    expect(codec.encode([small, new Uint8Array(small.buffer, small.byteOffset, 7)]).length).toBeLessThan(200)
  })
})

describe('stacks', () => {
  test('do not travel by default, and a decoded error shows its name and message alone', () => {
    const text = codec.encode(new TypeError('x'))
    expect(text).not.toContain('.ts')
    expect(codec.decode(text)).toMatchObject({ stack: 'TypeError: x' })
  })

  test('travel when asked to', () => {
    const withStacks = createCodec({ stacks: true })
    const error = new RangeError('x')
    expect(withStacks.decode(withStacks.encode(error))).toMatchObject({ stack: error.stack })
    expect(codec.decode(withStacks.encode(error))).toMatchObject({ stack: error.stack })
  })

  test('are not made up for an error that has none', () => {
    const withStacks = createCodec({ stacks: true })
    const error = new Error('x')
    Reflect.deleteProperty(error, 'stack')
    expect(withStacks.encode(error)).not.toContain('undefined')
  })
})

test('decoding errors leaves the limit of stack frames as it was', () => {
  const before = Error.stackTraceLimit
  codec.decode(codec.encode(new Error('x')))
  expect(Error.stackTraceLimit).toBe(before)
})

test('an error whose name would take for ever to print is decoded without printing it', () => {
  let printed = 0
  let name: unknown = 'x'
  for (let level = 0; level < 4; level += 1) name = [name, name]
  const text = codec.encode(Object.assign(new Error('x'), { name }))
  const print = Array.prototype.toString
  Array.prototype.toString = function (this: unknown[]) {
    printed += 1
    return print.call(this)
  }
  try {
    codec.decode(text)
  } finally {
    Array.prototype.toString = print
  }
  expect(printed).toBe(0)
})

describe('an envelope', () => {
  const envelopes = createEnvelopeCodec({ models })
  const place = { kind: 'payload', job: 'greet', version: 2 } as const
  const text = envelopes.encode({ a: 1 }, place)

  test('opens at the place that it was made for, and tells the version', () => {
    expect(envelopes.decode(text, place)).toEqual({ version: 2, value: { a: 1 } })
    expect(envelopes.decode(text, { ...place, version: 3 })).toEqual({ version: 2, value: { a: 1 } })
    expect(() => envelopes.decode(text, { ...place, version: 1 })).toThrow(
      expect.objectContaining({ code: 'VERSION_NEWER', job: 'greet', path: '$' }),
    )
  })

  test.each([{ kind: 'payload', job: 'other' }, { kind: 'result', job: 'greet' }, { kind: 'value' }] as const)(
    'opens nowhere else: %o',
    (other) => {
      expect(() => envelopes.decode(text, other)).toThrow(expect.objectContaining({ code: 'TEXT_INVALID', path: '$' }))
    },
  )

  test('names the job in whatever it refuses', () => {
    expect(() => envelopes.encode({ run: () => {} }, place)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_VALUE', job: 'greet', path: '$.run' }),
    )
    expect(() => envelopes.decode('{', place)).toThrow(expect.objectContaining({ code: 'TEXT_INVALID', job: 'greet' }))
  })
})

test('gathers no frames for a DOMException, which would cost more than all else of it', () => {
  const text = codec.encode(new DOMException('late', 'TimeoutError'))
  const before = Error.stackTraceLimit
  const limits: number[] = []
  vi.stubGlobal(
    'DOMException',
    class extends DOMException {
      constructor(...given: [string?, string?]) {
        limits.push(Error.stackTraceLimit)
        super(...given)
      }
    },
  )
  onTestFinished(() => void vi.unstubAllGlobals())
  expect(codec.decode(text)).toMatchObject({ message: 'late', name: 'TimeoutError', stack: 'TimeoutError: late' })
  expect(limits).toEqual([undefined])
  expect(Error.stackTraceLimit).toBe(before)
})
