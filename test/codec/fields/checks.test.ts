import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createEnvelopeCodec } from '../../../src/codec/envelope-codec.ts'
import { defineModel } from '../../../src/model/define-model.ts'
import { createValidator } from '../../../src/schema/validate.ts'
import { models, schemas } from './models.ts'

const place = { kind: 'value' } as const
const failure = { code: 'VALUE_INVALID' } as const
const codec = createEnvelopeCodec({ models })
const no = () => false
const day = new Date(0)

/** A schema, a value of its kinds, and the same schema with a check that the value does not pass. */
const rows: [name: string, loose: z.ZodType, strict: z.ZodType, value: unknown][] = [
  ['refine of a string', z.string(), z.string().refine(no), 'a'],
  ['refine of a number', z.number(), z.number().refine(no), 1],
  ['refine of a boolean', z.boolean(), z.boolean().refine(no), true],
  ['refine of null', z.null(), z.null().refine(no), null],
  ['refine of anything', z.unknown(), z.unknown().refine(no), 1],
  ['refine of an enum', z.enum(['a']), z.enum(['a']).refine(no), 'a'],
  ['refine of a literal', z.literal(1), z.literal(1).refine(no), 1],
  ['refine of a bigint', z.bigint(), z.bigint().refine(no), 1n],
  ['refine of a date', z.date(), z.date().refine(no), day],
  ['refine of a list', z.array(z.string()), z.array(z.string()).refine(no), ['a']],
  ['refine of a tuple', z.tuple([z.string()]), z.tuple([z.string()]).refine(no), ['a']],
  ['refine of a Set', z.set(z.string()), z.set(z.string()).refine(no), new Set(['a'])],
  ['refine of a Map', z.map(z.string(), z.date()), z.map(z.string(), z.date()).refine(no), new Map([['a', day]])],
  ['refine of a record', z.record(z.string(), z.date()), z.record(z.string(), z.date()).refine(no), { a: day }],
  [
    'refine of the names of a record',
    z.record(z.string(), z.date()),
    z.record(z.string().refine(no), z.date()),
    { a: day },
  ],
  ['refine of an object', z.object({ a: z.date() }), z.object({ a: z.date() }).refine(no), { a: day }],
  [
    'superRefine',
    z.object({ a: z.date() }),
    z.object({ a: z.date() }).superRefine((_, { addIssue }) => addIssue('no')),
    { a: day },
  ],
  [
    'refine of an optional field',
    z.object({ a: z.date().optional() }),
    z.object({ a: z.date().optional().refine(no) }),
    { a: day },
  ],
  ['refine of what is nullable', z.date().nullable(), z.date().nullable().refine(no), day],
  ['refine of a union', z.union([z.date(), z.string()]), z.union([z.date(), z.string()]).refine(no), day],
  ['refine of what is lazy', z.lazy(() => z.date()), z.lazy(() => z.date()).refine(no), day],
  ['refine within what is lazy', z.lazy(() => z.date()), z.lazy(() => z.date().refine(no)), day],
  ['a pattern', z.string(), z.string().regex(/^b/), 'a'],
  ['a sticky pattern', z.string(), z.string().regex(/b/y), 'ab'],
  ['a format by its pattern', z.string(), z.uuid(), 'a'],
  ['a format by more than its pattern', z.string(), z.url(), 'a'],
  ['a format of the user', z.string(), z.stringFormat('mine', () => false), 'a'],
  ['a part of a string', z.string(), z.string().includes('b'), 'a'],
  ['a length in code points', z.string(), z.string().length(2), '𝄞'],
  ['a least length in code points', z.string(), z.string().min(2), '𝄞'],
  ['a most length', z.string(), z.string().max(1), 'ab'],
  ['a least number', z.number(), z.number().min(2), 1],
  ['a number above', z.number(), z.number().gt(1), 1],
  ['a whole number', z.number(), z.int(), 1.5],
  ['a safe number', z.number(), z.number().int(), 2 ** 53],
  ['an int32', z.number(), z.int32(), 2 ** 31],
  ['a float32', z.number(), z.float32(), 1e300],
  ['a multiple', z.number(), z.number().multipleOf(2), 1],
  ['a most bigint', z.bigint(), z.bigint().max(1n), 2n],
  ['an int64', z.bigint(), z.int64(), 2n ** 63n],
  ['a least date', z.date(), z.date().min(new Date(1)), day],
  ['a least of elements', z.array(z.string()), z.array(z.string()).min(2), ['a']],
  ['a most of elements', z.array(z.string()), z.array(z.string()).max(0), ['a']],
  ['a number of members', z.set(z.string()), z.set(z.string()).size(2), new Set(['a'])],
  ['a most of entries', z.map(z.string(), z.date()), z.map(z.string(), z.date()).max(0), new Map([['a', day]])],
  ['one of two alternatives', z.union([z.date(), z.string()]), z.xor([z.date(), z.date(), z.string()]), day],
  ['a branded check', z.string(), z.string().brand('x').refine(no), 'a'],
]

describe('no check that a schema has is skipped', () => {
  test.each(rows)('%s', (_, loose, strict, value) => {
    const given = { validator: createValidator(loose), failure }
    const text = String(codec.encodeChecked(value, place, given))
    expect(JSON.parse(text).encoding).toBe('fields/1')

    const validator = createValidator(strict)
    const refused = expect.objectContaining({ code: 'VALUE_INVALID' })
    expect(() => codec.encodeChecked(value, place, { validator, failure })).toThrow(refused)
    const opened = codec.decode(text, place, validator)
    expect(opened.checked).not.toBe(true)
    expect(() => validator.readOutputSync(opened.value, failure)).toThrow(refused)
  })

  test.each(rows)("%s, among a model's fields", (_, loose, strict, value) => {
    class Holder {
      constructor(readonly value: unknown) {}
    }
    const holding = (of: z.ZodType) =>
      createEnvelopeCodec({
        models: [
          defineModel(Holder, {
            tag: 'holder',
            fields: z.object({ value: of }),
            decode: ({ value: held }) => new Holder(held),
          }),
        ],
      })
    const text = holding(loose).encode(new Holder(value), place)
    expect(JSON.parse(text).encoding).toBe('fields/1')
    const refused = expect.objectContaining({ code: 'FIELDS_INVALID' })
    expect(() => holding(strict).encode(new Holder(value), place)).toThrow(refused)
    expect(() => holding(strict).decode(text, place)).toThrow(refused)
  })

  test('one that is asynchronous is awaited', async () => {
    const validator = createValidator(z.string().refine(async () => false))
    const refused = expect.objectContaining({ code: 'VALUE_INVALID' })
    await expect(codec.encodeChecked('a', place, { validator, failure })).rejects.toThrow(refused)
  })
})

describe('what a writer would not have written is not read by a plan', () => {
  const body = (layout: string, values: string) =>
    `{"brine":1,"kind":"value","encoding":"fields/1","body":["${layout}",${values}]}`
  test.each([
    ['a Set with one member twice', z.set(z.string()), '<*>', '[2,"a","a"]'],
    ['a Map with one key twice', z.map(z.string(), z.string()), '<*,*>', '[2,"a","b","a","c"]'],
    ['a dictionary with one name twice', z.record(z.string(), z.date()), '{d}', '[2,"a",0,"a",1]'],
    ['a dictionary with __proto__', z.record(z.string(), z.date()), '{d}', '[1,"__proto__",0]'],
    ['a negative zero', z.number(), '*', '[-0]'],
    ['a date of a negative zero', z.date(), 'd', '[-0]'],
    ['a date beyond all dates', z.date(), 'd', '[8640000000000001]'],
    ['a bigint as a text that is a number', z.bigint(), 'n', '["5"]'],
    ['a bigint with a zero before it', z.bigint(), 'n', '["09007199254740993"]'],
    ['a choice of a negative zero', z.union([z.date(), z.bigint()]), '(|d|n)', '[-0,0]'],
    ['a choice that there is not', z.union([z.date(), z.bigint()]), '(|d|n)', '[2,0]'],
    ['a value too many', z.date(), 'd', '[0,0]'],
    ['a value too few', z.array(z.date()), '[d]', '[1]'],
    ['a presence that there is not', z.object({ a: z.date().optional() }), '(a?:d)', '[3,0]'],
    ['fewer elements than none', z.array(z.date()), '[d]', '[-1]'],
  ])('%s', (_, schema, layout, values) => {
    const validator = createValidator(schema)
    const refused = expect.objectContaining({ code: 'TEXT_INVALID' })
    expect(() => codec.decode(body(layout, values), place, validator)).toThrow(refused)
  })

  test('and what was written by other schemas is read by its own layout', () => {
    const validator = createValidator(z.object({ b: z.union([z.date(), z.number()]), a: z.string().optional() }))
    const before = body('(a,b:d)', '["x",5]')
    expect(codec.decode(before, place, validator)).toEqual({ version: undefined, value: { a: 'x', b: new Date(5) } })
    const older = createEnvelopeCodec({ models })
    expect(older.decode(body('[tree@1=*]', '[1,7]'), place, createValidator(z.array(schemas.tree))).value).toEqual([
      expect.objectContaining({ label: 7, kids: [] }),
    ])
  })
})
