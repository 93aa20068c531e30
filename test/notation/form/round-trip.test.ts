import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineModel } from '../../../src/model/define-model.ts'
import { readInput } from '../../../src/notation/input/read-input.ts'
import { showJson } from '../../../src/notation/show.ts'
import { difference } from '../../codec/difference.ts'
import { fixtureModels, fixtures } from '../../codec/fixtures.ts'
import { models, secret, Token, token, User, user } from '../values.ts'

type Options = Parameters<typeof showJson>[1]

/** As a person has it who saved what was shown. */
const saved = (value: unknown, options: Options = { models: fixtureModels, reveal: true }): unknown =>
  JSON.parse(JSON.stringify(showJson(value, options)))

// What JSON shows of these says a little less than they are: that two views share a buffer, or a property is visible.
const lessThanAll = [
  'one that is shared',
  'one view that is met twice',
  'views of one whole buffer, which they go on sharing with it',
  'a message that is shown',
  'one that is shared, and its primitive beside it',
]
// Which take the comparison seconds.
const large = ['one as large as is allowed', 'one as long as is allowed']
const whole = fixtures.filter(({ name }) => !lessThanAll.includes(name) && !large.includes(name))

describe('what is shown as JSON can be given back', () => {
  test.each(whole)('$group: $name', ({ value }) => {
    const json = saved(value())
    if (JSON.stringify(json).includes('"$cut":'))
      expect(() => readInput(json, undefined, fixtureModels)).toThrow('$cut')
    else expect(difference(value(), readInput(json, undefined, fixtureModels))).toBeUndefined()
  })

  test('whatever it is made of, and however its properties are called', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('$date', '$$date', '$', '$id', '$ref', '$model', '$cut', '$more'),
    )
    const kinds = { withMap: true, withSet: true, withDate: true, withBigInt: true, withNullPrototype: true } as const
    const more = { withTypedArray: true, withSparseArray: true, withBoxedValues: true, maxDepth: 4, key: name } as const
    fc.assert(
      fc.property(fc.anything({ ...kinds, ...more }), (value) => {
        expect(difference(value, readInput(saved(value), z.unknown(), []))).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  test('under a schema that says what it is anyway, with what a person wrote beside it', () => {
    const schema = z.object({
      by: user.schema,
      days: z.map(z.string(), z.date()),
      sums: z.set(z.bigint()),
      either: z.union([z.string(), z.date()]),
    })
    const john = new User('John', 'x')
    const value = {
      by: john,
      days: new Map([['a', new Date(0)]]),
      sums: new Set([1n]),
      either: new Date(0),
      any: [john],
    }
    const json = z.looseObject({ days: z.object({ $map: z.array(z.unknown()) }) }).parse(saved(value, { models }))
    Object.assign(json['by'] as object, { password: 'x' })
    expect(readInput(json, schema, models)).toEqual(value)
    json.days.$map.push(['b', '2030-01-01'])
    expect(readInput(json, schema, models)).toMatchObject({
      days: new Map([...value.days, ['b', new Date('2030-01-01')]]),
    })
  })
})

const day = new Date('2030-01-02')
const at = '2030-01-02T00:00:00.000Z'

describe('what the schema says, JSON need not', () => {
  test.each<[string, z.ZodType, unknown, unknown]>([
    ['a date', z.date(), day, at],
    ['a date that is none', z.date(), new Date(Number.NaN), { $date: 'Invalid Date' }],
    ['a bigint, optional and null', z.array(z.bigint().nullable().optional()), [1n, null], ['1', null]],
    [
      'properties, and those of a record',
      z.object({ a: z.record(z.string(), z.date()) }),
      { a: { b: day } },
      { a: { b: at } },
    ],
    [
      'properties of either side',
      z.object({ a: z.date() }).and(z.looseObject({ b: z.bigint() })),
      { a: day, b: 1n },
      { a: at, b: '1' },
    ],
    ['elements and places', z.object({ a: z.tuple([z.date()], z.bigint()) }), { a: [day, 1n] }, { a: [at, '1'] }],
    [
      'entries and members',
      z.map(z.bigint(), z.set(z.date())),
      new Map([[1n, new Set([day])]]),
      { $map: [['1', { $set: [at] }]] },
    ],
    ['behind a lazy, and before a transform', z.lazy(() => z.date().transform(String)), day, at],
    ['but one of several', z.union([z.string(), z.date()]), day, { $date: at }],
    ['but another class', z.object({ a: z.bigint() }), { a: day }, { a: { $date: at } }],
    [
      'but what an error holds',
      z.looseObject({ at: z.date() }),
      Object.assign(new Error('x'), { at: day }),
      { $error: 'Error', $message: 'x', at: { $date: at } },
    ],
  ])('%s', (_, schema, value, json) => {
    const shown = saved(value, { schema })
    expect(shown).toEqual(json)
    expect(difference(value, readInput(shown, schema, []))).toBeUndefined()
  })

  test('the fields of a model', () => {
    const stay = defineModel(Stay, { tag: 'stay', fields: z.object({ since: z.date(), cost: z.bigint() }) })
    const value = Object.assign(new Stay(), { since: day, cost: 5n })
    const shown = saved([value, value], { models: [stay] })
    expect(shown).toEqual([{ $id: 1, $model: 'stay', since: at, cost: '5' }, { $ref: 1 }])
    expect(difference([value, value], readInput(shown, undefined, [stay]))).toBeUndefined()
  })
})

class Stay {
  since = day
  cost = 0n
}

class Box {
  label = ''
  inside: unknown
}
const box = defineModel(Box, {
  tag: 'box',
  aliases: ['crate'],
  fields: z.object({ label: z.string(), inside: z.object({ of: z.unknown(), size: z.number() }) }),
})

describe('what names each other', () => {
  test('is one again, however the document was edited around it', () => {
    const one = { x: 1 }
    const json = saved([one, one]) as unknown[]
    json.unshift('new')
    const [, first, second] = readInput(json, undefined, []) as unknown[]
    expect(first).toEqual(one)
    expect(first).toBe(second)
  })

  test('is populated when the cycle around it is whole', () => {
    const root: Record<string, unknown> = {}
    Object.assign(root, { of: Object.assign(new Box(), { label: 'a', inside: root }), size: 5 })
    const options = { models: [box] }
    const read = readInput(saved(root, options), undefined, options.models)
    expect(difference(root, read)).toBeUndefined()
    const anyOf = z.union([z.object({ of: z.string() }), z.object({ of: box.schema, size: z.number() })])
    expect(difference(root, readInput(saved(root, options), anyOf, options.models))).toBeUndefined()
    const tooSmall = { $id: 1, of: { $model: 'crate', label: 7, inside: { $ref: 1 } }, size: 5 }
    expect(() => readInput(tooSmall, undefined, options.models)).toThrowError(
      expect.objectContaining({ code: 'FIELDS_INVALID', path: '$.of.label' }),
    )
  })
})

describe('refuses, by its path,', () => {
  const shown = (value: unknown, options: Options = {}) => ({ a: saved(value, { models, ...options }) })
  const long = 'x'.repeat(50)
  test.each<[string, unknown, string, string]>([
    ['what was hidden', shown(new User('John', secret)), '$.a.password', '$hidden'],
    [
      'a name that was hidden',
      shown({ [secret]: 1 }, { schema: z.record(z.string().meta({ sensitive: true }), z.any()) }),
      '$.a',
      '$hidden 0',
    ],
    ['the password of a URL', shown(new URL('https://john:pw@a.b/')), '$.a', '$hidden'],
    ['a text that was cut', shown(long, { maxString: 10 }), '$.a', '$cut'],
    ['bytes that were cut', shown(Buffer.from(long), { maxString: 10 }), '$.a', '$cut'],
    ['digits that were cut', shown(10n ** 50n, { maxString: 10 }), '$.a', '$cut'],
    ['a name that was cut', shown({ [long]: 1 }, { maxString: 10 }), '$.a', '$cut 0'],
    ['a message that was cut', shown(new Error(long), { maxString: 10 }), '$.a', '$cut'],
    ['a list that was cut', shown([1, 2, 3], { maxItems: 1 }), '$.a[1]', '$more'],
    ['an object that was cut', shown({ b: 1, c: 2 }, { maxItems: 1 }), '$.a', '$more'],
    [
      'a Map that was cut',
      shown(
        new Map([
          [1, 2],
          [3, 4],
        ]),
        { maxItems: 1 },
      ),
      '$.a',
      '$more',
    ],
    ['what was too deep', shown({ b: { c: 1 } }, { maxDepth: 1 }), '$.a.b', '$cut'],
    [
      'a class without a model',
      shown(
        new (class Odd {
          a = 1
        })(),
      ),
      '$.a',
      '$class',
    ],
    ['a list of a class of its own', shown(new (class Odd extends Array {})()), '$.a', '$class'],
    ['a function', shown(() => 1), '$.a', '$class'],
    ['a name for nothing', { a: { $ref: 1 } }, '$.a', '$ref'],
    [
      'an instance of complete fields in itself',
      { a: { $id: 1, $model: 'token', $fields: [{ $ref: 1 }] } },
      '$.a[0]',
      '$ref',
    ],
    ['a tag that no model has', { a: { $model: 'nobody' } }, '$.a', '$model'],
    ['an error that there is not', { a: { $error: 'Panic' } }, '$.a', '$error'],
    ['a hole that is none', { a: { $hole: true } }, '$.a', '$hole'],
    ['a regular expression that is none', { a: { $regexp: '(' } }, '$.a', '$regexp'],
    ['bytes that do not fit', { a: { $bytes: 'AA==', $as: 'Float64Array' } }, '$.a', '$bytes'],
  ])('%s', (_, json, path, word) => {
    expect(() => readInput(json, z.unknown(), [user, token])).toThrowError(
      expect.objectContaining({ code: 'PAYLOAD_INVALID', path, message: expect.stringContaining(word) }),
    )
    expect(() => readInput(json, z.unknown(), [user, token])).not.toThrowError(secret)
  })

  test('a regular expression that takes minutes to read', () => {
    const json = { $regexp: '\\p{RGI_Emoji}'.repeat(50_000), $flags: 'v' }
    expect(() => readInput(json, undefined, [])).toThrowError(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })
})

test('reads encoded forms that are no object, and leaves names that only look like these alone', () => {
  expect(readInput(saved(new Token('x'), { models: [token], reveal: true }), undefined, [token])).toEqual(
    new Token('x'),
  )
  const plain = { $schema: 'x', $ref: '#/definitions/a', $id: 'https://a.b', $hidden: false, $more: 'x' }
  expect(readInput(plain, undefined, [])).toEqual(plain)
})
