import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineModel } from '../../../src/model/define-model.ts'
import { readInput } from '../../../src/notation/input/read-input.ts'

class Money {
  constructor(
    readonly amount: bigint,
    readonly currency: string,
  ) {}
}

class Node {
  name = ''
  children: Node[] = []
  declare since?: Date
}

const money = defineModel(Money, {
  tag: 'money',
  fields: z.object({ amount: z.bigint(), currency: z.string() }),
  decode: ({ amount, currency }) => new Money(amount, currency),
})
const node = defineModel(Node, {
  tag: 'node',
  fields: z.object({
    name: z.string(),
    get children() {
      return z.array(node.schema)
    },
    since: z.date().optional(),
  }),
})
const models = [money, node]
const day = new Date('2030-01-02')
const leaf = (name: string, since?: Date) => Object.assign(new Node(), { name, children: [], ...(since && { since }) })

describe('reads what a schema expects', () => {
  test.each<[string, z.ZodType, unknown, unknown]>([
    ['a date of an ISO day', z.date(), '2030-01-02', day],
    ['a date of an ISO time', z.date(), '2030-01-02T03:04:05.678+02:00', new Date('2030-01-02T01:04:05.678Z')],
    ['no date of a time without a zone', z.date(), '2030-01-02T03:04', '2030-01-02T03:04'],
    ['no date of anything else', z.date(), 5, 5],
    ['a bigint of digits', z.bigint(), '-9007199254740993', -9007199254740993n],
    ['a bigint of a number', z.bigint(), 5, 5n],
    ['no bigint of a number that is not exact', z.bigint(), 2 ** 60, 2 ** 60],
    ['a literal bigint', z.literal([5n, 'five']), 5, 5n],
    ['a set of a list', z.set(z.date()), ['2030-01-02'], new Set([day])],
    ['a map of pairs', z.map(z.bigint(), z.date()), [['1', '2030-01-02']], new Map([[1n, day]])],
    ['a map of an object', z.map(z.string(), z.bigint()), { a: 1 }, new Map([['a', 1n]])],
    ['what is optional, nullable, defaulted', z.date().nullable().optional().default(day), '2030-01-02', day],
    ['what is read only, lazy or piped', z.lazy(() => z.date().readonly().pipe(z.date())), '2030-01-02', day],
    [
      'parts of objects',
      z.object({ at: z.date(), left: z.string() }),
      { at: '2030-01-02', left: '2030-01-02' },
      { at: day, left: '2030-01-02' },
    ],
    ['keys that are not declared', z.looseObject({}), { at: '2030-01-02' }, { at: '2030-01-02' }],
    [
      'parts of records, arrays and tuples',
      z.record(z.string(), z.array(z.tuple([z.date()], z.bigint()))),
      { a: [['2030-01-02', 1]] },
      { a: [[day, 1n]] },
    ],
    [
      'the first of alternatives that fits',
      z.union([z.object({ at: z.date() }), z.object({ at: z.bigint() })]),
      { at: '7' },
      { at: 7n },
    ],
    [
      'an alternative by its discriminator',
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('d'), at: z.date() }),
        z.object({ kind: z.literal('n'), at: z.bigint() }),
      ]),
      { kind: 'n', at: 7 },
      { kind: 'n', at: 7n },
    ],
    [
      'both sides of an intersection',
      z.intersection(z.looseObject({ a: z.date() }), z.looseObject({ b: z.bigint() })),
      { a: '2030-01-02', b: 1 },
      { a: day, b: 1n },
    ],
    ['an instance of its fields', money.schema, { amount: '5', currency: 'EUR' }, new Money(5n, 'EUR')],
    [
      'an instance within instances',
      node.schema,
      { name: 'a', children: [{ name: 'b', children: [], since: '2030-01-02' }] },
      Object.assign(leaf('a'), { children: [leaf('b', day)] }),
    ],
    [
      'an instance where it is one of several',
      z.union([z.string(), money.schema.optional()]),
      { amount: 1, currency: 'EUR' },
      new Money(1n, 'EUR'),
    ],
    [
      'an instance of a refined schema',
      z.array(money.schema.refine(() => true)),
      [{ amount: 1, currency: 'EUR' }],
      [new Money(1n, 'EUR')],
    ],
  ])('%s', (_title, schema, json, value) => {
    const read = readInput(json, schema, models)
    expect(read).toStrictEqual(value)
  })
})

describe('reads the forms that say what they are, whatever the schema', () => {
  test.each<[unknown, unknown]>([
    [{ $date: '2030-01-02' }, day],
    [{ $bigint: '5' }, 5n],
    [{ $number: '-0' }, -0],
    [{ $number: 'NaN' }, Number.NaN],
    [{ a: { $undefined: true } }, { a: undefined }],
    [{ $bytes: 'AQI=' }, new Uint8Array([1, 2])],
    [{ $url: 'https://example.org/' }, new URL('https://example.org/')],
    [{ $set: [{ $bigint: 1 }] }, new Set([1n])],
    [{ $map: [[{ $date: '2030-01-02' }, [{ $set: [] }]]] }, new Map([[day, [new Set()]]])],
    [{ deep: [{ $model: 'money', amount: 5, currency: 'EUR' }] }, { deep: [new Money(5n, 'EUR')] }],
    [
      { $date: '2030-01-02', more: 1 },
      { $date: '2030-01-02', more: 1 },
    ],
    [{ $price: 5 }, { $price: 5 }],
  ])('%j', (json, value) => {
    expect(readInput(json, z.unknown(), models)).toStrictEqual(value)
  })

  test('but not where a schema declares a key of that name', () => {
    const schema = z.object({ $date: z.string() })
    expect(readInput({ $date: '2030-01-02' }, schema, models)).toEqual({ $date: '2030-01-02' })
  })
})

test.each<[string, z.ZodType, unknown, string, string]>([
  ['a form that is filled wrongly', z.unknown(), { a: [{ $bigint: 'five' }] }, 'PAYLOAD_INVALID', '$.a[0]'],
  [
    'fields that a model refuses',
    z.object({ fee: money.schema }),
    { fee: { amount: 'x', currency: 'EUR' } },
    'FIELDS_INVALID',
    '$.fee.amount',
  ],
  [
    'fields that a model does not declare',
    z.array(money.schema),
    [{ amount: 1, currency: 'EUR', x: 1 }],
    'FIELDS_INVALID',
    '$[0]',
  ],
  ["fields of a Map's value", z.map(z.string(), money.schema), { a: {} }, 'FIELDS_INVALID', '$.value(0).amount'],
])('refuses %s, with its path', (_title, schema, json, code, path) => {
  expect(() => readInput(json, schema, models)).toThrowError(expect.objectContaining({ code, path }))
})

test('refuses what takes the alternatives of unions within unions too many readings', () => {
  const tree: z.ZodType = z.lazy(() => z.union([z.object({ a: tree, b: z.string() }), z.object({ a: tree }), z.date()]))
  let json: unknown = 'x'
  for (let depth = 0; depth < 60; depth += 1) json = { a: json }
  expect(() => readInput(json, tree, models)).toThrowError(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})

test('refuses what is nested deeper than any payload is', () => {
  const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)
  expect(() => readInput(deep, z.unknown(), models)).toThrowError(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})
