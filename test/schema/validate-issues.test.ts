import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createValidator } from '../../src/schema/validate.ts'
import { failure, rejected } from './rejected.ts'

const shared = { name: 'shared' }
const named = z.object({ name: z.string() })

describe('names the place of the first issue, and no values', () => {
  const numbers = z.map(z.string(), z.number())
  test.each<[string, z.ZodType, unknown, string]>([
    ['the whole', z.string(), 5, '$'],
    ['a property', z.object({ a: z.object({ b: z.number() }) }), { a: { b: 'secret' } }, '$.a.b'],
    ['a property with an odd name', z.object({ 'odd key': z.number() }), { 'odd key': 'secret' }, '$["odd key"]'],
    ['an element', z.array(z.array(z.number())), [[], [1, 'secret']], '$[1][1]'],
    [
      'a value of a map',
      z.object({ m: numbers }),
      {
        m: new Map<string, unknown>([
          ['a', 1],
          ['secret', 'x'],
        ]),
      },
      '$.m.value(1)',
    ],
    ['a key of a map', z.map(z.string().max(3), z.number()), new Map([['secret', 1]]), '$.key(0)'],
    [
      'a key of a map that is an object',
      z.map(named, z.number()),
      new Map<unknown, unknown>([
        [shared, 1],
        [{ name: 5 }, 2],
      ]),
      '$.key(1).name',
    ],
    [
      'a value under an object as key',
      z.map(z.date(), named),
      new Map<unknown, unknown>([[new Date(0), { name: 5 }]]),
      '$.value(0).name',
    ],
    ['a member of a set', z.set(z.number()), new Set([1, 'secret']), '$.member(1)'],
    [
      'something in a member of a set',
      z.object({ s: z.set(z.array(named)) }),
      { s: new Set([[shared], [shared, { name: 5 }]]) },
      '$.s.member(1)[1].name',
    ],
    ['a set itself', z.object({ s: z.set(z.number()).min(2) }), { s: new Set([1]) }, '$.s'],
    ['a value of a record', z.record(z.string(), z.number()), { a: 1, secret: 'secret' }, '$.value(1)'],
    ['a key of a record', z.record(z.string().max(3), z.number()), { secret: 1 }, '$.key(0)'],
    [
      'a value under a name that a record declares',
      z.record(z.enum(['a b', 'c']), z.number()),
      { 'a b': 'secret', c: 1 },
      '$["a b"]',
    ],
    [
      'a value of a record within one of an object, which two alternatives describe',
      z.union([z.object({ m: z.record(z.string(), z.record(z.string(), z.number())).optional() }), z.null()]),
      { m: { secret: { a: 1, secret2: 'secret' } } },
      '$.m.value(0).value(1)',
    ],
    [
      'a value of a Map under a record',
      z.record(z.string(), z.map(z.string(), z.number())),
      { secret: new Map([['secret', 'x']]) },
      '$.value(0).value(0)',
    ],
    [
      'a value of what an object takes besides',
      z.object({ a: z.number() }).catchall(z.number()),
      { a: 1, secret: 'x' },
      '$.value(1)',
    ],
    [
      'a value of a record on one side of an intersection',
      z.intersection(z.object({ a: z.number() }), z.record(z.string(), z.number())),
      { a: 1, secret: 'x' },
      '$.value(1)',
    ],
    [
      'a path that a check of the user names',
      z
        .object({ a: z.unknown() })
        .superRefine((_, issues) => issues.addIssue({ code: 'custom', path: ['a', 'secret'] })),
      { a: { secret: 1 } },
      '$.a.value(0)',
    ],
    [
      'a path of a check that is made of the value',
      z.string().superRefine((value, issues) => issues.addIssue({ code: 'custom', path: [`${value}!`] })),
      'secret',
      '$["…"]',
    ],
    [
      'a path of a check to what is not there',
      z.object({ a: z.unknown() }).refine(() => false, { path: ['a', 'b'] }),
      { a: { c: 1 } },
      '$.a.b',
    ],
    [
      'something in the one alternative that fits',
      z.union([z.object({ a: z.number() }), z.null()]),
      { a: 'secret' },
      '$.a',
    ],
    ['the discriminator', z.discriminatedUnion('k', [z.object({ k: z.literal('a') })]), { k: 'secret' }, '$.k'],
    ['what a refinement points at', named.refine(() => false, { path: ['name'] }), { name: 'secret' }, '$.name'],
    ['keys that are too many', z.strictObject({}), { secret: 1 }, '$'],
  ])('%s', async (_title, schema, value, path) => {
    const error = await rejected(() => createValidator(schema).checkInput(value, failure))
    expect(error).toMatchObject({ code: 'PAYLOAD_INVALID', job: 'greet', path })
    expect(String(error)).not.toContain('secret')
  })

  test('tells of three issues, and counts the others', async () => {
    const schema = z.object({ a: z.number(), b: z.number(), c: z.number(), d: z.number() })
    const error = await rejected(() => createValidator(schema).checkInput({}, failure))
    const text = 'expected number, got undefined'
    expect(String(error)).toBe(`BrineError: PAYLOAD_INVALID greet $.a: ${text}; $.b: ${text}; $.c: ${text}; and 1 more`)
  })

  test("leaves the user's own messages out, which may hold the value", async () => {
    const schema = z
      .string({ error: ({ input }) => `bad: ${input}` })
      .refine(() => false, { error: ({ input }) => `bad: ${input}` })
    expect(String(await rejected(() => createValidator(schema).checkInput('secret', failure)))).not.toContain('secret')
    expect(String(await rejected(() => createValidator(schema).checkInput(12345, failure)))).not.toContain('12345')
  })
})
