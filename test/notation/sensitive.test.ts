import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { defineQueue } from '../../src/contract/define-queue.ts'
import { aboutPart } from '../../src/notation/job-part.ts'
import { showJson, showLine, showText } from '../../src/notation/show.ts'
import { Card, card, models, secret, Token, token, User, user } from './values.ts'

const marked = z.string().meta({ sensitive: true })
const john = new User('John', secret)
const list: z.ZodType = z.object({
  text: marked,
  get next() {
    return list.optional()
  },
})
const withOthers = z.object({ pin: marked, name: z.string() })

/** Schemas that mark something, and values of which nothing but `shown` may be seen. */
const rows: readonly [name: string, schema: z.ZodType, value: unknown, shown?: string][] = [
  ['the whole', marked, secret, '[hidden]'],
  [
    'a property',
    z.object({ pin: marked, name: z.string() }),
    { pin: secret, name: 'John' },
    "{ pin: [hidden], name: 'John' }",
  ],
  [
    'an object',
    z.object({ card: z.object({ n: z.string() }).meta({ sensitive: true }) }),
    { card: { n: secret } },
    '{ card: [hidden] }',
  ],
  ['elements', z.array(marked), [secret, secret], '[ [hidden], [hidden] ]'],
  ['a list', z.array(z.string()).meta({ sensitive: true }), [secret], '[hidden]'],
  ['values of a Map', z.map(z.string(), marked), new Map([['a', secret]]), "Map(1) { 'a' => [hidden] }"],
  ['keys of a Map', z.map(marked, z.number()), new Map([[secret, 1]]), 'Map(1) { [hidden 0] => 1 }'],
  ['members of a Set', z.set(marked), new Set([secret]), 'Set(1) { [hidden] }'],
  ['values of a record', z.record(z.string(), marked), { a: secret }, '{ a: [hidden] }'],
  ['names of a record', z.record(marked, z.number()), { [secret]: 1 }, '{ [hidden 0]: 1 }'],
  [
    'names and values of a record',
    z.record(marked, marked),
    { a: secret, [secret]: secret },
    '{ [hidden 0]: [hidden], [hidden 1]: [hidden] }',
  ],
  ['a place of a tuple', z.tuple([z.string(), marked]), ['a', secret], "[ 'a', [hidden] ]"],
  ['the rest of a tuple', z.tuple([z.string()], marked), ['a', secret, secret], "[ 'a', [hidden], [hidden] ]"],
  ['what may be absent', z.object({ pin: marked.optional() }), { pin: secret }],
  ['what may be null', z.object({ pin: marked.nullable() }), { pin: secret }],
  ['what has a default', z.object({ pin: marked.default('x') }), { pin: secret }],
  ['what is caught', z.object({ pin: marked.catch('x') }), { pin: secret }],
  ['what is read-only', z.object({ pin: marked.readonly() }), { pin: secret }],
  [
    'marked around what may be absent',
    z.object({ pin: z.string().optional().meta({ sensitive: true }) }),
    { pin: secret },
  ],
  ['what a check was added to', z.object({ pin: marked.min(3).refine(() => true) }), { pin: secret }],
  ['what is described further', z.object({ pin: marked.describe('a pin') }), { pin: secret }],
  ['what goes into a transform', z.object({ pin: marked.transform((text) => text.length) }), { pin: secret }],
  ['what comes out of a pipe', z.object({ pin: z.string().pipe(marked) }), { pin: secret }],
  [
    'a codec',
    z.object({
      pin: z
        .string()
        .transform((text) => text)
        .meta({ sensitive: true }),
    }),
    { pin: secret },
  ],
  ['behind a lazy', z.object({ pin: z.lazy(() => marked) }), { pin: secret }],
  ['one of several', z.object({ pin: z.union([z.number(), marked]) }), { pin: secret }],
  [
    'one of several that are told apart',
    z.discriminatedUnion('by', [
      z.object({ by: z.literal('card'), pin: marked }),
      z.object({ by: z.literal('cash'), note: z.string() }),
    ]),
    { by: 'card', pin: secret },
    "{ by: 'card', pin: [hidden] }",
  ],
  [
    'the other one',
    z.discriminatedUnion('by', [
      z.object({ by: z.literal('card'), pin: marked }),
      z.object({ by: z.literal('cash'), note: z.string() }),
    ]),
    { by: 'cash', note: 'ok' },
    "{ by: 'cash', note: 'ok' }",
  ],
  [
    'both of two',
    z.intersection(z.object({ a: z.string() }), z.object({ pin: marked })),
    { a: 'x', pin: secret },
    "{ a: 'x', pin: [hidden] }",
  ],
  [
    'what other names hold',
    z.object({ a: z.string() }).catchall(marked),
    { a: 'x', b: secret },
    "{ a: 'x', b: [hidden] }",
  ],
  [
    'at any depth',
    z.object({ a: z.array(z.map(z.string(), z.object({ pin: marked }))) }),
    { a: [new Map([['x', { pin: secret }]])] },
  ],
  ['a schema that refers to itself', list, { text: secret, next: { text: secret, next: { text: secret } } }],
  [
    'bytes',
    z.object({ key: z.instanceof(Uint8Array).meta({ sensitive: true }) }),
    { key: Buffer.from(secret) },
    '{ key: [hidden] }',
  ],
  ['a bigint', z.object({ pin: z.bigint().meta({ sensitive: true }) }), { pin: 4510451n }, '{ pin: [hidden] }'],
  [
    'an instance in one place',
    z.object({ user: user.schema.meta({ sensitive: true }) }),
    { user: john },
    '{ user: [hidden] }',
  ],
  // What its schema would refuse.
  ['what stands where an object should', z.object({ card: withOthers }), { card: secret }, '{ card: [hidden] }'],
  ['a list where an object should be', z.object({ card: withOthers }), { card: [secret] }, '{ card: [hidden] }'],
  ['a Map where an object should be', withOthers, new Map([['pin', secret]]), '[hidden]'],
  [
    'a name of an older version',
    withOthers,
    { password: secret, name: 'John' },
    "{ [hidden 0]: [hidden], name: 'John' }",
  ],
  ['a number in place of a text', withOthers, { pin: 4510451, name: 'John' }, "{ pin: [hidden], name: 'John' }"],
]

const unseen = (value: unknown, schema?: z.ZodType) => {
  const options = { schema, models, maxChars: 100_000 }
  const all = [showText(value, options), showLine(value, options), JSON.stringify(showJson(value, options))]
  for (const text of all) expect(text).not.toMatch(/hunter2|0451/)
  return all[0]
}

describe('by the schema', () => {
  test.each(rows)('hides %s', (_, schema, value, shown) => {
    const text = unseen(value, schema)
    if (shown !== undefined) expect(text).toBe(shown)
    expect(showText(value, { schema, models, reveal: true })).not.toContain('hidden')
  })
})

test('tells hidden entries apart by the position that paths have', () => {
  const schema = z.object({ labels: z.record(marked, z.string().max(3)) })
  const value = { labels: { [secret]: 'x', [`${secret}2`]: 'longer' } }
  const codec = createCodec({ models: [] })
  expect(showText(value, { schema })).toBe("{ labels: { [hidden 0]: 'x', [hidden 1]: 'longer' } }")
  expect(showJson(value, { schema })).toEqual({ labels: { '$hidden 0': 'x', '$hidden 1': 'longer' } })
  const refused = () => codec.decode(codec.encode(value), schema)
  expect(refused).toThrow(expect.objectContaining({ path: '$.labels.value(1)' }))
})

describe('by the models', () => {
  test('hides the fields of an instance wherever it stands', () => {
    expect(unseen(john)).toBe("User { name: 'John', password: [hidden] }")
    expect(unseen([new Map([[john, new Set([new Error('x', { cause: john })])]])])).toContain('password: [hidden]')
    expect(unseen({ anything: [john] }, z.unknown())).toContain('password: [hidden]')
  })

  test('hides what a class has beside its fields, and fields that are no object', () => {
    expect(unseen(new Card(`${secret}7`, secret))).toBe("Card { number: [hidden], last: '7' }")
    expect(unseen(new Token(secret))).toBe('Token([hidden])')
  })

  test('hides the fields of an instance that cannot be encoded', () => {
    const broken = Object.create(Card.prototype, { raw: { value: secret, enumerable: true } })
    expect(unseen(broken)).toBe('Card { [hidden 0]: [hidden] }')
    const strange = Object.assign(Object.create(User.prototype), { name: 'John', password: [secret], pw: secret })
    expect(unseen(strange)).toContain("name: 'John'")
  })

  test('hides in all places what one place hides', () => {
    const shared = { text: secret }
    const schema = z.object({ open: z.unknown(), closed: z.object({ text: marked }) })
    unseen({ open: shared, closed: shared }, schema)
    unseen({ open: [shared], closed: shared }, schema)
    const whole = z.object({ open: z.unknown(), closed: z.unknown().meta({ sensitive: true }) })
    expect(unseen({ open: shared, closed: shared }, whole)).toBe('{ open: [hidden], closed: [hidden] }')
  })

  test('does so in a ring, and in 28 levels that each hold the next one twice', () => {
    const ring: unknown[] = [john]
    ring.push(ring)
    expect(unseen(ring)).toContain('[Circular *1]')
    unseen(Array.from({ length: 28 }).reduce<unknown>((inner) => ({ left: inner, right: inner }), john))
  })
})

test('a contract tells what it knows of the parts of its jobs', () => {
  const contract = defineQueue('users', {
    models: [user, token, card],
    jobs: {
      greet: {
        payload: z.object({ pin: marked }),
        result: z.object({ code: marked }),
        progress: z.array(marked),
        aliases: ['hello'],
      },
    },
  })
  const show = (job: string | undefined, part: 'payload' | 'result' | 'progress' | 'error', value: unknown) =>
    showText(value, aboutPart(contract, job, part))
  expect(show('greet', 'payload', { pin: secret })).toBe('{ pin: [hidden] }')
  expect(show('hello', 'payload', { pin: secret })).toBe('{ pin: [hidden] }')
  expect(show('greet', 'result', { code: secret })).toBe('{ code: [hidden] }')
  expect(show('greet', 'progress', [secret])).toBe('[ [hidden] ]')
  expect(show('greet', 'error', john)).toContain('password: [hidden]')
  expect(show(undefined, 'payload', john)).toContain('password: [hidden]')
})

test('a mark stays through what docs/security.md says, and zod drops an object’s where it says so', () => {
  const whole = z.object({ a: z.string(), b: z.string().optional() }).meta({ sensitive: true })
  const shown = (schema: z.ZodType, value: unknown) => showText(value, { schema })
  for (const schema of [
    ...[
      marked.optional(),
      marked.nullable(),
      marked.default(''),
      marked.catch(''),
      marked.readonly(),
      marked.brand('x'),
    ],
    ...[marked.pipe(z.string()), marked.transform((text) => text), marked.min(1), marked.refine(() => true)],
    ...[
      marked.describe('x'),
      marked.meta({ title: 'x' }),
      marked.or(z.number()),
      whole.refine(() => true),
      whole.optional(),
    ],
  ]) {
    expect(shown(schema, schema instanceof z.ZodObject ? { a: secret } : secret)).toBe('[hidden]')
  }
  for (const schema of [
    ...[
      whole.extend({}),
      whole.safeExtend({}),
      z.object({}).merge(whole),
      whole.pick({ a: true }),
      whole.omit({ b: true }),
    ],
    ...[whole.partial(), whole.required(), whole.strict(), whole.loose()],
  ]) {
    expect(shown(schema, { a: 'seen' })).toContain('seen')
    expect(shown(schema.meta({ sensitive: true }), { a: secret })).toBe('[hidden]')
  }
})
