import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Verdict } from '../../src/check/finding.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { deploy, queue, told } from './deploy.ts'

class Robot {
  constructor(readonly fields: unknown) {}
}
// A class of its own for each: a project has one model for a class.
const person = (fields: z.ZodType, tag = 'person') => {
  class Person {
    constructor(readonly fields: unknown) {}
  }
  return defineModel(Person, {
    tag,
    fields,
    encode: (one) => one.fields as never,
    decode: (given) => new Person(given),
  })
}
const robot = defineModel(Robot, {
  tag: 'robot',
  fields: z.object({ n: z.number() }),
  encode: () => ({ n: 1 }),
  decode: (given) => new Robot(given),
})
const known = person(z.object({ n: z.number() }))

/** A field `a` of what is stored, before and after, and what is found of it. */
type Row = [title: string, before: z.ZodType | undefined, after: z.ZodType | undefined, found: string[]]

const optional = z.string().optional()
const card = z.object({ by: z.literal('card'), digits: z.string() })
const cash = z.object({ by: z.literal('cash') })
const post = z.object({ by: z.literal('post'), stamps: z.number() })
const pay = (...options: [typeof card, ...(typeof cash | typeof post)[]]) => z.discriminatedUnion('by', options)
const phone = (pattern: RegExp) => z.stringFormat('phone', pattern)
const tree = (leaf: z.ZodType) => {
  const node: z.ZodType = z.object({
    leaf,
    get left() {
      return node.optional()
    },
    right: z.lazy(() => node.nullable()),
  })
  return node
}

const refused: Row[] = [
  ['a field removed', z.string(), undefined, ['field-removed $.a']],
  ['an optional field removed', optional, undefined, ['field-removed $.a']],
  ['a field added as required', undefined, z.string(), ['field-added-required $.a']],
  ['a field added that takes anything, but has to be there', undefined, z.unknown(), ['field-added-required $.a']],
  ['a Date into a string', z.date(), z.string(), ['type-changed $.a']],
  ['a string into a Date', z.string(), z.date(), ['type-changed $.a']],
  ['a number into a bigint', z.number(), z.bigint(), ['type-changed $.a']],
  ['a Map into an object', z.map(z.string(), z.string()), z.record(z.string(), z.string()), ['type-changed $.a']],
  ['an array into a Set', z.array(z.string()), z.set(z.string()), ['type-changed $.a']],
  ['the elements of an array changed', z.array(z.date()), z.array(z.string()), ['type-changed $.a[*]']],
  ['the members of a Set changed', z.set(z.date()), z.set(z.string()), ['type-changed $.a.member(*)']],
  [
    'the keys and values of a Map changed',
    z.map(z.string(), z.date()),
    z.map(z.number(), z.string()),
    ['type-changed $.a.key(*)', 'type-changed $.a.value(*)'],
  ],
  [
    'the values of a record changed',
    z.record(z.string(), z.date()),
    z.record(z.string(), z.string()),
    ['type-changed $.a.*'],
  ],
  [
    'an item of a tuple changed',
    z.tuple([z.string(), z.date()]),
    z.tuple([z.string(), z.string()]),
    ['type-changed $.a[1]'],
  ],
  ['an item of a tuple removed', z.tuple([z.string(), z.date()]), z.tuple([z.string()]), ['field-removed $.a[1]']],
  ['an item of a tuple added', z.tuple([z.string()]), z.tuple([z.string(), z.date()]), ['field-added-required $.a[1]']],
  ['the rest of a tuple removed', z.tuple([z.string()], z.date()), z.tuple([z.string()]), ['narrowed $.a']],
  ['one model into another', known.schema, robot.schema, ['type-changed $.a']],
  ['a model into a plain object', known.schema, z.object({ n: z.number() }), ['type-changed $.a']],
  ['one class into another', z.instanceof(URL), z.instanceof(URLSearchParams), ['type-changed $.a']],
  [
    'a deep field removed',
    z.object({ b: z.object({ c: z.string() }) }),
    z.object({ b: z.object({}) }),
    ['field-removed $.a.b.c'],
  ],
  ['a field of what refers to itself', tree(z.date()), tree(z.string()), ['type-changed $.a.leaf']],
  ['an enum shortened', z.enum(['x', 'y', 'z']), z.enum(['x', 'y']), ['enum-shortened $.a']],
  ['a literal changed', z.literal('x'), z.literal('y'), ['enum-shortened $.a']],
  ['an enum that was a string', z.string(), z.enum(['x', 'y']), ['narrowed $.a']],
  ['an enum into numbers', z.enum(['x', 'y']), z.number(), ['type-changed $.a']],
  ['a boolean into one of its values', z.boolean(), z.literal(true), ['narrowed $.a']],
  ['a union without one of its members', z.union([z.string(), z.number()]), z.string(), ['union-shortened $.a']],
  ['a discriminated union without one of its members', pay(card, cash, post), pay(card, cash), ['union-shortened $.a']],
  [
    'a member of a discriminated union changed',
    pay(card, cash),
    z.discriminatedUnion('by', [card.extend({ digits: z.number() }), cash]),
    ['type-changed $.a.digits'],
  ],
  ['an optional field made required', optional, z.string(), ['optional-required $.a']],
  ['a default dropped', z.string().default('x'), z.string(), ['optional-required $.a']],
  ['a nullable field that is null no longer', z.string().nullable(), z.string(), ['nullable-dropped $.a']],
  ['null in place of what was missing', optional, z.string().nullable(), ['optional-required $.a', 'widened $.a']],
  [
    'a nullish field that has to be there',
    z.string().nullish(),
    z.string(),
    ['optional-required $.a', 'nullable-dropped $.a'],
  ],
  ['anything made a string', z.any(), z.string(), ['narrowed $.a']],
  ['a minimum that is set', z.number(), z.number().min(5), ['narrowed $.a']],
  ['a minimum that is raised', z.number().min(1), z.number().min(5), ['narrowed $.a']],
  ['a maximum that is lowered', z.number().max(50), z.number().max(43), ['narrowed $.a']],
  ['a bound that is excluded', z.number().min(1), z.number().gt(1), ['narrowed $.a']],
  ['bounds of a bigint', z.bigint().max(100n), z.bigint().max(50n), ['narrowed $.a']],
  ['bounds of a Date', z.date(), z.date().min(new Date(5)), ['narrowed $.a']],
  ['a text that has to be longer', z.string().min(1), z.string().min(3), ['narrowed $.a']],
  ['a list that has to be shorter', z.array(z.string()), z.array(z.string()).max(5), ['narrowed $.a']],
  ['a number that has to be whole', z.number(), z.int(), ['narrowed $.a']],
  ['a whole number that has to be small', z.int(), z.int32(), ['narrowed $.a']],
  ['a number that has to be a multiple', z.number().multipleOf(2), z.number().multipleOf(3), ['narrowed $.a']],
  ['a text that has to have a format', z.string(), z.email(), ['narrowed $.a']],
  ['a text of another format', z.iso.datetime(), z.iso.date(), ['narrowed $.a']],
  ['a text of another pattern', z.string().regex(/^s/), z.string().regex(/^sa/), ['narrowed $.a']],
  ['other keys that are no longer kept', z.looseObject({}), z.object({}), ['narrowed $.a']],
  ['other keys that have a type', z.looseObject({}), z.object({}).catchall(z.string()), ['narrowed $.a']],
  [
    'a key added to a record that has all of them',
    z.record(z.enum(['x']), z.number()),
    z.record(z.enum(['x', 'y']), z.number()),
    ['field-added-required $.a.y'],
  ],
  ['a URL of one protocol', z.url(), z.httpUrl(), ['narrowed $.a']],
  ['an address of another pattern', z.email(), z.email({ pattern: z.regexes.rfc5322Email }), ['narrowed $.a']],
  ['a format of its own with another pattern', phone(/^\d+$/), phone(/^\+\d+$/), ['narrowed $.a']],
  ['an offset that is no longer allowed', z.iso.datetime({ offset: true }), z.iso.datetime(), ['narrowed $.a']],
  ['a version of a UUID', z.uuid(), z.uuidv4(), ['narrowed $.a']],
  ['a coercion dropped', z.coerce.date(), z.date(), ['narrowed $.a']],
  ['a number into a coerced bigint', z.number(), z.coerce.bigint(), ['type-changed $.a']],
  ['a Map into a coerced text', z.map(z.string(), z.string()), z.coerce.string(), ['type-changed $.a']],
  ['undefined where only nothing may be', optional, z.exactOptional(z.string()), ['optional-required $.a']],
  [
    'an item of a tuple that takes anything, but has to be there',
    z.tuple([z.string(), z.number().optional()]),
    z.tuple([z.string(), z.unknown()]),
    ['optional-required $.a[1]', 'widened $.a[1]'],
  ],
  ['a tuple into a shorter array', z.tuple([z.string(), z.string()]), z.array(z.string()).max(1), ['narrowed $.a']],
  [
    'a tuple into an array of something else',
    z.tuple([z.string(), z.date()]),
    z.array(z.string()),
    ['type-changed $.a[1]'],
  ],
  [
    'an object into a record of something else',
    z.object({ b: z.string(), c: z.date() }),
    z.record(z.string(), z.string()),
    ['type-changed $.a.c'],
  ],
  [
    'a record into an object with a key',
    z.record(z.string(), z.string()),
    z.looseObject({ b: z.string() }),
    ['field-added-required $.a.b'],
  ],
  [
    'a loose record that is so no longer',
    z.looseRecord(z.string().startsWith('x'), z.string()),
    z.record(z.string(), z.string()),
    ['narrowed $.a', 'widened $.a.key(*)'],
  ],
  [
    'a field removed beside a union',
    pay(card, cash).and(z.object({ id: z.string(), note: z.string() })),
    pay(card, cash).and(z.object({ id: z.string() })),
    ['field-removed $.a.note'],
  ],
  ['a text that has to be both', z.string(), z.intersection(z.string(), z.string().min(3)), ['narrowed $.a']],
  [
    'a field added that may be undefined, but has to be there',
    undefined,
    z.undefined().or(z.string()),
    ['field-added-required $.a'],
  ],
  [
    'a field that might be missing, and may be undefined',
    optional,
    z.undefined().or(z.string()),
    ['optional-required $.a'],
  ],
  [
    'a tuple into a refined array',
    z.tuple([z.string()]),
    z.array(z.string()).refine((all) => all[0] !== 'sample'),
    ['widened $.a'],
  ],
  ['what goes into a transform', z.number().transform(String), z.string().transform(Number), ['type-changed $.a']],
]

const taken: Row[] = [
  ['nothing', z.string(), z.string(), []],
  ['a field added as optional', undefined, optional, ['field-added $.a']],
  ['a field added with a default', undefined, z.string().default('x'), ['field-added $.a']],
  ['a field added that catches', undefined, z.string().catch('x'), ['field-added $.a']],
  ['a number into a number or a text', z.number(), z.union([z.number(), z.string()]), ['widened $.a']],
  ['a text into anything', z.string(), z.unknown(), ['widened $.a']],
  ['an element into anything', z.array(optional), z.array(z.unknown()), ['widened $.a[*]']],
  ['a whole number into any', z.int(), z.number(), ['widened $.a']],
  ['a small number into a whole one', z.int32(), z.int(), ['widened $.a']],
  ['a minimum that is lowered', z.number().min(5), z.number().min(1), ['widened $.a']],
  ['a bound that is included', z.number().gt(1), z.number().min(1), ['widened $.a']],
  ['a maximum that is gone', z.string().max(50), z.string(), ['widened $.a']],
  ['a format that is gone', z.email(), z.string(), ['widened $.a']],
  ['a required field that is optional', z.string(), optional, ['widened $.a']],
  ['a required field with a default', z.string(), z.string().default('x'), ['widened $.a']],
  ['an optional field with a default', optional, z.string().default('x'), []],
  ['a field that may be null', z.string(), z.string().nullable(), ['widened $.a']],
  ['null by a union', z.string().nullable(), z.union([z.null(), z.string()]), []],
  ['an enum that is longer', z.enum(['x', 'y']), z.enum(['z', 'y', 'x']), ['widened $.a']],
  ['an enum that is reordered', z.enum(['x', 'y']), z.enum(['y', 'x']), []],
  ['an enum that is any text', z.enum(['x', 'y']), z.string(), ['widened $.a']],
  ['a literal that is one of an enum', z.literal('x'), z.enum(['x', 'y']), ['widened $.a']],
  ['a union that is reordered', z.union([z.number(), z.string()]), z.union([z.string(), z.number()]), []],
  [
    'a discriminated union with another member',
    pay(card, cash),
    pay(post as never, cash, card as never),
    ['widened $.a'],
  ],
  [
    'an object that is reordered',
    z.object({ b: z.string(), c: z.date() }),
    z.object({ c: z.date(), b: z.string() }),
    [],
  ],
  [
    'an object that was two',
    z.object({ b: z.string() }).and(z.object({ c: z.date() })),
    z.object({ b: z.string(), c: z.date() }),
    [],
  ],
  ['a schema that refers to itself', tree(z.string()), tree(z.string()), []],
  ['JSON of any kind', z.json(), z.json(), []],
  [
    'a tuple with an item that may be missing',
    z.tuple([z.string()]),
    z.tuple([z.string(), z.date().optional()]),
    ['field-added $.a[1]'],
  ],
  ['an element that may be missing', z.array(z.string()), z.array(optional), ['widened $.a[*]']],
  ['a readonly one', z.array(z.string()), z.array(z.string()).readonly(), []],
  ['a description', z.string(), z.string().describe('the name').meta({ title: 'Name' }), []],
  ['a transform of what is stored', z.string(), z.string().transform(Number), []],
  ['a trim', z.string(), z.string().trim(), []],
  ['a coercion', z.string(), z.coerce.string(), []],
  ['an instance of the same model', known.schema, known.schema, []],
  ['a Date into a coerced one', z.date(), z.coerce.date(), []],
  ['a number into a coerced text', z.number(), z.coerce.string(), ['widened $.a']],
  ['a whole number into a coerced bigint', z.int(), z.coerce.bigint(), ['widened $.a']],
  ['a version of a UUID into any', z.uuidv4(), z.uuid(), ['widened $.a']],
  ['an offset that is allowed', z.iso.datetime(), z.iso.datetime({ offset: true }), ['widened $.a']],
  ['a precision that is gone', z.iso.datetime({ precision: 3 }), z.iso.datetime(), ['widened $.a']],
  ['a URL of any protocol', z.httpUrl(), z.url(), ['widened $.a']],
  ['an address into a text that is not empty', z.email(), z.string().min(1), ['widened $.a']],
  ['a UUID into a text of some length', z.uuid(), z.string().min(10), ['widened $.a']],
  ['a pattern into a text that is not empty', z.string().regex(/^\d+$/), z.string().min(1), ['widened $.a']],
  ['a number into a double', z.number(), z.float64(), []],
  ['a small number into a whole one of bounds', z.uint32(), z.int().min(0), ['widened $.a']],
  [
    'a bounded number into a small one',
    z.int().min(0).max(10),
    z.int32(),
    ['widened $.a', 'widened $.a', 'widened $.a'],
  ],
  ['a whole number into a multiple of 1', z.int(), z.number().multipleOf(1), ['widened $.a']],
  [
    'an object into a record',
    z.object({ b: z.string(), c: z.enum(['x']) }),
    z.record(z.string(), z.string()),
    ['widened $.a'],
  ],
  ['an object into JSON', z.object({ b: z.object({ c: z.string() }) }), z.json(), ['widened $.a', 'widened $.a']],
  ['a record into a loose object', z.record(z.string(), z.string()), z.looseObject({}), ['widened $.a']],
  [
    'a record into an object with other keys',
    z.record(z.string(), z.string()),
    z.object({}).catchall(z.string()),
    ['widened $.a'],
  ],
  ['a tuple into an array', z.tuple([z.string(), z.string()]), z.array(z.string()).min(1), ['widened $.a']],
  ['a text that had to be both', z.intersection(z.string(), z.string().min(3)), z.string(), ['widened $.a']],
  [
    'an object beside a union, which was written out',
    pay(card, cash).and(z.object({ id: z.string() })),
    z.union([card.extend({ id: z.string() }), cash.extend({ id: z.string() })]),
    [],
  ],
  ['a literal undefined', optional, z.union([z.string(), z.literal(undefined)]).optional(), []],
]

const described = (schema: z.ZodType | undefined) => z.object({ keep: z.string(), ...(schema && { a: schema }) })
const payload = (schema: z.ZodType | undefined) => ({
  queues: [queue({ job: { payload: described(schema) } }, [known, robot])],
})
const fields = (schema: z.ZodType | undefined) => {
  const holder = person(described(schema), 'holder')
  return { queues: [queue({ job: { payload: z.string() } }, [known, robot, holder])] }
}
const outcome = (part: 'result' | 'progress') => (schema: z.ZodType | undefined) => ({
  queues: [queue({ job: { payload: z.string(), [part]: described(schema) } }, [known, robot])],
})

const inParts: [
  part: string,
  name: string,
  make: (schema: z.ZodType | undefined) => ReturnType<typeof payload>,
  verdict: Verdict,
][] = [
  ['payload', 'q/job', payload, 'needs-version'],
  ['fields', 'holder', fields, 'needs-version'],
  ['result', 'q/job', outcome('result'), 'breaking'],
  ['progress', 'q/job', outcome('progress'), 'breaking'],
]

describe.each(inParts)('in %s', (part, name, make, verdict) => {
  test.each(refused)('finds %s', async (_, before, after, found) => {
    const { safe, checked } = await deploy(make(before), make(after))
    const one = checked.find((any) => any.name === name)
    expect(one && told(one)).toEqual(found.map((word) => word.replace(' ', ` ${part} `)))
    expect(one?.verdict).toBe(verdict)
    expect(safe).toBe(false)
    for (const { remedy } of one?.findings.filter((finding) => finding.verdict === verdict) ?? [])
      expect(remedy).toMatch(/\w/)
  })

  test.each(taken)('does not cry over %s', async (_, before, after, found) => {
    const { safe, checked } = await deploy(make(before), make(after))
    const one = checked.find((any) => any.name === name)
    expect(one && told(one)).toEqual(found.map((word) => word.replace(' ', ` ${part} `)))
    expect(one?.verdict).toBe('safe')
    expect(safe).toBe(true)
  })
})
