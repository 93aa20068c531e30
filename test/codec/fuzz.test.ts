import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { BrineError } from '../../src/errors.ts'
import { fixtureModels, fixtures } from './fixtures.ts'
import { graphs } from './graphs.ts'
import { envelope } from './hostile/hostile.ts'

const codec = createCodec({ models: fixtureModels })
const bodyOf = (text: string): unknown => JSON.parse(text).body
const small = fixtures.filter(({ text }) => text !== undefined)

/** A refusal is a BrineError with code and path; what is read all the same can be written again. */
function readsOrRefuses(text: string): void {
  let value: unknown
  try {
    value = codec.decode(text)
  } catch (error) {
    expect(error).toBeInstanceOf(BrineError)
    expect(error).toMatchObject({ code: expect.any(String), path: expect.stringMatching(/^\$/) })
    return
  }
  const again = codec.encode(value)
  expect(codec.encode(codec.decode(again))).toBe(again)
}

const seeds = fc.oneof(
  fc.constantFrom(...small.map(({ value }) => codec.encode(value()))),
  graphs.map((value) => codec.encode(value)),
)

// What an entry may be exchanged for: indices in and out of range, the special ones, tags, and shapes that hold others.
const strange = fc.oneof(
  fc.integer({ min: -9, max: 20 }),
  fc.constantFrom(
    0.5,
    1e300,
    null,
    true,
    '',
    '__proto__',
    'constructor',
    [],
    {},
    [-7, 3],
    [-7, 1e9],
    [[]],
    ['Date', 1],
  ),
  fc.constantFrom(
    'Date',
    'Map',
    'Set',
    'null',
    'Object',
    'BigInt',
    'RegExp',
    'URL',
    'ArrayBuffer',
    'Uint8Array',
    'Buffer',
  ),
  fc.constantFrom(
    'Error',
    'AggregateError',
    'BrineError',
    'DOMException',
    'person@1',
    'link@1',
    'account@1',
    'bag@1',
    'stack@1',
    'id@1',
  ),
  fc.tuple(
    fc.constantFrom('Error', 'link@1', 'knot@1', 'stack@1', 'Set', 'Object', 'Uint8Array'),
    fc.integer({ min: -2, max: 9 }),
  ),
  fc.record({ next: fc.integer({ min: -2, max: 9 }), label: fc.integer({ min: -2, max: 9 }) }),
  fc.jsonValue(),
)

/** Exchanges, adds or removes something anywhere in a parsed body. */
function mutate(body: unknown, at: number, how: number, what: unknown): unknown {
  const places: { holder: unknown[] | Record<string, unknown>; key: string }[] = []
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return
    for (const key of Object.keys(holder)) {
      places.push({ holder: holder as Record<string, unknown>, key })
      visit((holder as Record<string, unknown>)[key])
    }
  }
  visit(body)
  const place = places[at % Math.max(1, places.length)]
  if (place === undefined) return what
  const { holder, key } = place
  if (how === 0) Object.assign(holder, { [key]: what })
  else if (Array.isArray(holder)) holder.splice(Number(key), how === 1 ? 1 : 0, ...(how === 1 ? [] : [what]))
  else if (how === 1) delete holder[key]
  else Object.defineProperty(holder, `${key}2`, { value: what, enumerable: true, writable: true, configurable: true })
  return body
}

const mutation = fc.tuple(fc.nat(), fc.nat({ max: 2 }), strange)

test('a body with some entries exchanged, added or removed is read as something, or refused', () => {
  fc.assert(
    fc.property(seeds, fc.array(mutation, { minLength: 1, maxLength: 3 }), (text, mutations) => {
      const body = mutations.reduce((one, [at, how, what]) => mutate(one, at, how, structuredClone(what)), bodyOf(text))
      readsOrRefuses(envelope(JSON.stringify(body)))
    }),
    { numRuns: 5000 },
  )
})

test('a text with some characters changed is read as something, or refused', () => {
  const edit = fc.tuple(fc.nat(), fc.constantFrom(...'0123456789-[]{}",:.eE@\\x '))
  fc.assert(
    fc.property(seeds, fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
      const from = text.indexOf('"body":') + 7
      const edited = edits.reduce((one, [at, char]) => {
        const place = from + (at % (one.length - from))
        return one.slice(0, place) + char + one.slice(place + 1)
      }, text)
      readsOrRefuses(edited)
    }),
    { numRuns: 5000 },
  )
})

test('a text that is cut off anywhere is refused', () => {
  fc.assert(
    fc.property(seeds, fc.nat(), (text, at) => {
      expect(() => codec.decode(text.slice(0, at % text.length))).toThrow(BrineError)
    }),
    { numRuns: 2000 },
  )
})

test('a body of any JSON at all is read as something, or refused', () => {
  const lists = fc.array(fc.oneof(strange, fc.array(strange, { maxLength: 4 }), fc.dictionary(fc.string(), strange)), {
    maxLength: 6,
  })
  fc.assert(
    fc.property(lists, (body) => readsOrRefuses(envelope(JSON.stringify(body)))),
    { numRuns: 5000 },
  )
})
