import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { BrineError } from '../../src/errors.ts'
import { defaultLimits, type Limits } from '../../src/limits/limits.ts'

const generous = createCodec({
  limits: Object.fromEntries(Object.keys(defaultLimits).map((name) => [name, 100_000_000])),
})

const deep = (levels: number, deepest: unknown = 1): unknown =>
  Array.from({ length: levels }).reduce((inner) => ({ inner }), deepest)
// A list under a name is one level with what has the name; a list in a list is one of its own.
const deepInLists = (levels: number): unknown =>
  Array.from({ length: levels }).reduce((inner) => ({ list: [inner] }), 1)
const deepInBare = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => [inner], 1)
const holes = (length: number): unknown[] => Object.assign([], { length })

/** At the limit a value travels, and one more does not; each by the defaults and by a limit that was given. */
const rows: readonly [
  name: keyof Limits,
  atMost: (limit: number) => unknown,
  over: (limit: number) => unknown,
  limit: number,
][] = [
  ['maxBytes', (limit) => 'x'.repeat(limit - 4), (limit) => 'x'.repeat(limit - 3), 100],
  ['maxBytes', (limit) => 'ä'.repeat(limit / 2 - 2), (limit) => 'ä'.repeat(limit / 2 - 1), 100],
  [
    'maxNodes',
    (limit) => Array.from({ length: limit - 1 }, () => ({})),
    (limit) => Array.from({ length: limit }, () => ({})),
    20,
  ],
  ['maxDepth', (limit) => deep(limit), (limit) => deep(limit + 1), 10],
  ['maxDepth', (limit) => deepInLists(limit), (limit) => deepInLists(limit + 1), 10],
  ['maxDepth', (limit) => ({ a: deepInBare(limit) }), (limit) => ({ a: deepInBare(limit + 1) }), 10],
  ['maxDepth', (limit) => new Set([deep(limit - 1)]), (limit) => new Map([[deep(limit), 1]]), 10],
  ['maxDepth', (limit) => deep(limit - 1, { none: null }), (limit) => deep(limit, { none: null }), 10],
  ['maxArrayLength', (limit) => Array(limit).fill(true), (limit) => Array(limit + 1).fill(true), 30],
  ['maxHoles', (limit) => holes(limit), (limit) => holes(limit + 1), 30],
  [
    'maxHoles',
    (limit) => [...holes(limit).keys()].map(() => 1),
    (limit) => Object.assign(holes(limit + 2), { 0: 1 }),
    30,
  ],
  ['maxBigIntDigits', (limit) => 10n ** BigInt(limit) - 1n, (limit) => 10n ** BigInt(limit), 50],
  ['maxBigIntDigits', (limit) => 1n - 10n ** BigInt(limit), (limit) => -(10n ** BigInt(limit)), 50],
  ['maxBinaryBytes', (limit) => new ArrayBuffer(limit), (limit) => new ArrayBuffer(limit + 1), 64],
  ['maxBinaryBytes', (limit) => new Uint8Array(limit + 9).subarray(9), (limit) => Buffer.alloc(limit + 1), 64],
]

function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe.each(rows)('%s', (name, atMost, over, given) => {
  const codec = createCodec({ limits: { [name]: given } })

  test('lets a value at the limit travel', () => {
    const text = codec.encode(atMost(given))
    expect(codec.encode(codec.decode(text))).toBe(text)
  })

  test('refuses one more, at encode and at decode, and names itself', () => {
    const value = over(given)
    const text = generous.encode(value)
    const attempts = [attempt(() => codec.encode(value))]
    // A text may be as much longer as a header is long; what is in it is held to the same count.
    if (name !== 'maxBytes') attempts.push(attempt(() => codec.decode(text)))
    for (const error of attempts) {
      expect(error).toBeInstanceOf(BrineError)
      expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', message: expect.stringContaining(`${name} is ${given}`) })
    }
  })
})

test('the defaults are those of the design', () => {
  expect(defaultLimits).toEqual({
    maxBytes: 1024 * 1024,
    maxNodes: 50_000,
    maxDepth: 1_500,
    maxArrayLength: 100_000,
    maxHoles: 10_000,
    maxBigIntDigits: 4_096,
    maxBinaryBytes: 1024 * 1024,
  })
})

test('a text that is too long is refused before it is parsed', () => {
  const codec = createCodec({ limits: { maxBytes: 100 } })
  const text = `${' '.repeat(5000)}no JSON`
  expect(attempt(() => codec.decode(text))).toMatchObject({ code: 'LIMIT_EXCEEDED', path: '$' })
})

test.each([
  ['a sparse array of four billion', () => holes(2 ** 32 - 1)],
  ['a bigint of ten million digits', () => 10n ** 10_000_000n],
  ['a million numbers', () => Array.from({ length: 1_000_000 }, (_, index) => index)],
  ['a Map of a million entries', () => new Map(Array.from({ length: 1_000_000 }, (_, index) => [index, 1]))],
  ['a hundred thousand levels', () => deep(100_000)],
  ['a hundred mebibytes', () => new Uint8Array(100 * 1024 * 1024)],
  ['a long text', () => 'x'.repeat(50_000_000)],
])('%s is refused, where going through it would outlast this test', (_, make) => {
  expect(attempt(() => createCodec().encode(make()))).toMatchObject({ code: 'LIMIT_EXCEEDED' })
})

test('refuses limits that there are not, or that are no counts', () => {
  for (const limits of [
    { maxDeep: 1 },
    { maxDepth: -1 },
    { maxDepth: 1.5 },
    { maxDepth: Number.NaN },
    { maxBytes: '9' },
  ]) {
    // @ts-expect-error what a caller without types might give
    expect(attempt(() => createCodec({ limits }))).toMatchObject({ code: 'OPTIONS_INVALID' })
  }
})
