import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { showJson, showLine, showText } from '../../src/notation/show.ts'
import { fixtureModels, fixtures } from '../codec/fixtures.ts'
import { models, Point } from './values.ts'

const ring: Record<string, unknown> = { name: 'ring' }
ring['self'] = ring
const twice = { x: 1 }
const doubled = Array.from({ length: 28 }).reduce<unknown>((inner) => [inner, inner], 'end')
const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => ({ inner }), 1)

const texts: readonly [value: unknown, text: string, json: unknown][] = [
  ['it’s', "'it’s'", 'it’s'],
  ["it's\n\u001b[2J\u202e", "'it\\'s\\n\\u001b[2J\\u202e'", "it's\n\u001b[2J\u202e"],
  ['\ud800', "'\\ud800'", '\ud800'],
  [7, '7', 7],
  [-0, '-0', { $number: '-0' }],
  [Number.NaN, 'NaN', { $number: 'NaN' }],
  [12n, '12n', { $bigint: '12' }],
  [undefined, 'undefined', { $undefined: true }],
  [null, 'null', null],
  [new Date(0), '1970-01-01T00:00:00.000Z', { $date: '1970-01-01T00:00:00.000Z' }],
  [new Date(Number.NaN), 'Invalid Date', { $date: 'Invalid Date' }],
  [/a\n/g, '/a\\n/g', { $regexp: 'a\\n', $flags: 'g' }],
  [new URL('https://john:pw@a.b/'), 'URL https://john:hidden@a.b/', { $hidden: 'https://john:hidden@a.b/' }],
  [Buffer.from('bytes'), 'Buffer(5 bytes)', { $bytes: 'Ynl0ZXM=', $as: 'Buffer' }],
  [new Float64Array(1), 'Float64Array(8 bytes)', { $bytes: 'AAAAAAAAAAA=', $as: 'Float64Array' }],
  [Object(1), '[Number: 1]', { $boxed: 1 }],
  [new Proxy({}, {}), '[proxy]', { $class: 'proxy' }],
  [{}, '{}', {}],
  [[], '[]', []],
  [{ a: 1, 'b c': [1, 2] }, "{ a: 1, 'b c': [ 1, 2 ] }", { a: 1, 'b c': [1, 2] }],
  [new Map([[{ a: 1 }, 'v']]), "Map(1) { { a: 1 } => 'v' }", { $map: [[{ a: 1 }, 'v']] }],
  [new Set(['v']), "Set(1) { 'v' }", { $set: ['v'] }],
  [Object.assign([1], { length: 3 }), '[ 1, [hole], [hole] ]', [1, { $hole: true }, { $hole: true }]],
  [Object.create(null), '[no prototype] {}', { $prototype: null }],
  [new Point(1, 2), 'Point { x: 1, y: 2 }', { $model: 'point', x: 1, y: 2 }],
  [new TypeError('boom'), 'TypeError: boom', { $error: 'TypeError', $message: 'boom' }],
  [
    new Error('a', { cause: new Error('b') }),
    'Error: a { cause: Error: b }',
    { $error: 'Error', $message: 'a', $cause: { $error: 'Error', $message: 'b' } },
  ],
  [
    Object.assign(new Error('x'), { name: 'Late', by: 5 }),
    'Late: x { by: 5 }',
    { $error: 'Error', $message: 'x', name: 'Late', by: 5 },
  ],
  [
    Object.assign(new Error('x'), { name: ring }),
    "Error: x { name: <ref *1> { name: 'ring', self: [Circular *1] } }",
    undefined,
  ],
  [ring, "<ref *1> { name: 'ring', self: [Circular *1] }", { $id: 1, name: 'ring', self: { $ref: 1 } }],
  [[twice, twice], '[ <ref *1> { x: 1 }, [Shared *1] ]', [{ $id: 1, x: 1 }, { $ref: 1 }]],
  [
    {
      get a() {
        throw new Error('ran')
      },
    },
    '{ a: [getter] }'.replaceAll('"', ''),
    { a: { $class: 'getter' } },
  ],
  [{ $class: 'Fake' }, "{ $class: 'Fake' }", { $$class: 'Fake' }],
  [JSON.parse('{"__proto__":{"a":1}}'), '{ __proto__: { a: 1 } }', JSON.parse('{"__proto__":{"a":1}}')],
]

describe('a value is shown', () => {
  test.each(texts)('%#: as text and as JSON', (value, text, json) => {
    expect(showText(value, { models }).split('\n')[0]).toBe(text)
    if (json !== undefined) expect(JSON.stringify(showJson(value, { models }))).toBe(JSON.stringify(json))
  })

  test('over several lines, when one would be long', () => {
    const order = {
      customer: { name: 'John', mail: 'john@example.com' },
      items: [{ product: 'a lamp', count: 2 }],
      at: 1,
    }
    expect(showText(order)).toBe(
      [
        '{',
        "  customer: { name: 'John', mail: 'john@example.com' },",
        "  items: [ { product: 'a lamp', count: 2 } ],",
        '  at: 1',
        '}',
      ].join('\n'),
    )
    expect(showLine(order)).toBe(
      "{ customer: { name: 'John', mail: 'john@example.com' }, items: [ { product: 'a lamp', count: 2 } ], at: 1 }",
    )
  })

  test('within bounds, whatever it is', () => {
    expect(
      showText(
        Array.from({ length: 1_000 }, (_, index) => index),
        { maxItems: 3 },
      ),
    ).toBe('[ 0, 1, 2, … 997 more ]')
    expect(showJson(new Set([1, 2, 3]), { maxItems: 1 })).toEqual({ $set: [1, { $more: 2 }] })
    expect(showText('x'.repeat(50), { maxString: 10 })).toBe("'xxxxxxxxxx'… 40 more characters")
    expect(showText({ a: { b: { c: 1 } } }, { maxDepth: 1 })).toBe('{ a: [Object] }')
    expect(showLine('x'.repeat(5_000), { maxString: 5_000 })).toHaveLength(200)
    expect(showText(deep)).toContain('[Object]')
    expect(JSON.stringify(showJson(deep, { maxDepth: 1e9 }))).toContain('$cut')
    expect(showText(doubled)).toContain('[Shared *')
    const large = Array.from({ length: 5_000 }, () => ({ text: 'x'.repeat(1_000), list: Array(1_000).fill('y') }))
    for (const maxChars of [100, 5_000]) {
      expect(showText(large, { maxChars, maxItems: 10_000 }).length).toBeLessThanOrEqual(maxChars)
      expect(JSON.stringify(showJson(large, { maxChars, maxItems: 10_000 })).length).toBeLessThan(maxChars + 5_000)
    }
  })

  test('on one line without controls', () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withDate: true, withBigInt: true }), (value) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
        expect(showLine(value)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
        expect(JSON.stringify(showJson(value))).toEqual(expect.any(String))
      }),
      { numRuns: 1_000 },
    )
  })

  test.each(fixtures)('whatever travels: $group: $name', ({ value }) => {
    expect(showText(value(), { models: fixtureModels }).length).toBeLessThanOrEqual(20_000)
    expect(JSON.stringify(showJson(value(), { models: fixtureModels }))).toEqual(expect.any(String))
  })
})
