import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { type CodecOptions, createCodec } from '../../src/codec/codec.ts'
import { defineQueue } from '../../src/contract/define-queue.ts'
import { codecOf } from '../../src/job/contract-codec.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { readInput } from '../../src/notation/input/read-input.ts'
import { createValidator } from '../../src/schema/validate.ts'
import { newKey } from '../../src/seal/new-key.ts'
import { createFiles } from '../../src/store/create-files.ts'
import { named, nothing, who } from '../queue/names/contract.ts'
import { rejection } from '../queue/people.ts'
import { keysFor } from '../seal/sealed-codec.ts'
import { openStore } from '../store/open-store.ts'
import { envelope } from './hostile/hostile.ts'

class Team {
  constructor(readonly members: unknown) {}
}
const team = defineModel(Team, { tag: 'team', fields: z.object({ members: z.record(z.string(), z.unknown()) }) })

class Vault {
  pin = ''
}
const vault = defineModel(Vault, { tag: 'vault', fields: z.object({ pin: z.string().meta({ sensitive: true }) }) })

const keys = newKey({ mode: 'encrypt' })
const one = { [who]: nothing }
const wrong = '["Date","yesterday"]'

function refusalOf(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

/** What is wrong, the schema of the value, and its path where values are secret and where they are not. */
type Row = readonly [title: string, schema: z.ZodType, value: unknown, secret: string, clear: string]

const rows: readonly Row[] = [
  ['a declared name', z.object({ order: z.unknown() }), { order: nothing }, '$.order', '$.order'],
  ['a declared name that is no identifier', z.object({ 'a b': z.any() }), { 'a b': nothing }, '$["a b"]', '$["a b"]'],
  ['names of two levels', z.object({ a: z.object({ b: z.any() }) }), { a: { b: nothing } }, '$.a.b', '$.a.b'],
  [
    'a name that a wrapped schema declares',
    z.preprocess((v) => v, z.object({ a: z.any() }).optional()),
    { a: nothing },
    '$.a',
    '$.a',
  ],
  [
    'a name that one side of an intersection declares',
    z.intersection(z.object({ a: z.any() }), z.record(z.string(), z.any())),
    { a: nothing },
    '$.a',
    '$.a',
  ],
  ['a name that a record declares', z.partialRecord(z.enum(['a']), z.unknown()), { a: nothing }, '$.a', '$.a'],
  ['a name of a record', z.record(z.string(), z.any()), one, '$.value(0)', '$.value(0)'],
  ['a name of a catchall', z.looseObject({ a: z.any() }), { a: 1, ...one }, '$.value(1)', '$.value(1)'],
  ['a name in anything', z.unknown(), { a: 1, ...one }, '$.value(1)', `$.${who}`],
  ['names in anything', z.object({ of: z.any() }), { of: [named] }, '$.of[0].value(0).value(0)', `$.of[0].deep.${who}`],
  ['a name that is not declared', z.object({ a: z.any() }), { a: 1, ...one }, '$.value(1)', `$.${who}`],
  ['a name without a prototype', z.unknown(), Object.assign(Object.create(null), one), '$.value(0)', `$.${who}`],
  ['an address', z.unknown(), { 'j@smith.example': nothing }, '$.value(0)', '$["…"]'],
  ['a name in a key', z.map(z.unknown(), z.any()), new Map([[one, 1]]), '$.key(0).value(0)', `$.key(0).${who}`],
  ['a model’s record', z.array(team.schema), [new Team(one)], '$[0].members.value(0)', '$[0].members.value(0)'],
  [
    'what a model does not declare',
    z.array(team.schema),
    [Object.assign(new Team({}), { [who]: 1 })],
    '$[0].value(1)',
    `$[0].${who}`,
  ],
  ['a property of an error', z.unknown(), Object.assign(new Error('x'), one), '$.value(0)', `$.${who}`],
  ['the cause of an error', z.unknown(), new Error('x', { cause: nothing }), '$.cause', '$.cause'],
  ['a property of a Map', z.unknown(), Object.assign(new Map([[1, 2]]), { [who]: 1 }), '$["…"]', `$.${who}`],
]

const schemas = {
  'where texts are encrypted': { keys, jobs: {} },
  'where encrypted texts are still taken': {
    keys: keysFor('sign', { accept: 'encrypt', acceptUntil: new Date('9999-01-01') }),
    jobs: {},
  },
  'beside a job with a mark': {
    jobs: { pay: { payload: z.array(z.object({ pin: z.string().meta({ sensitive: true }) })) } },
  },
  'beside a model with a mark': { models: [team, vault], jobs: {} },
}

describe.each(Object.entries(schemas))('%s, a path prints what is declared alone:', (_where, { jobs, ...options }) => {
  test.each(rows)('%s', async (_, payload, value, path) => {
    const contract = defineQueue('names', { models: [team], ...options, jobs: { it: { payload }, ...jobs } })
    const { entries } = contract
    const checked = { validator: entries.get('it')?.payload, failure: { code: 'PAYLOAD_INVALID' } } as const
    const place = { kind: 'payload', job: 'it', id: '1' } as const
    const refusal = refusalOf(() => codecOf(contract).encodeChecked(value, place, checked))
    expect(refusal).toMatchObject({ path })
    expect(String(refusal)).not.toContain(who)
  })
})

test.each(rows)(
  'without keys and marks, identifiers are printed that no schema speaks of: %s',
  (_, payload, value, __, path) => {
    const contract = defineQueue('names', { models: [team], jobs: { it: { payload } } })
    const checked = { validator: contract.entries.get('it')?.payload, failure: { code: 'PAYLOAD_INVALID' } } as const
    const refusal = refusalOf(() =>
      codecOf(contract).encodeChecked(value, { kind: 'payload', job: 'it', id: '1' }, checked),
    )
    expect(refusal).toMatchObject({ path })
  },
)

const marked: CodecOptions = { models: [team, vault] }

describe('a text that is read', () => {
  test.each<[string, z.ZodType, string, secret: string, clear: string]>([
    ['a declared name', z.object({ order: z.unknown() }), `[{"order":1},${wrong}]`, '$.order', '$.order'],
    ['a name in anything', z.unknown(), `[{"a":1,"${who}":2},1,${wrong}]`, '$.value(1)', `$.${who}`],
    ['a name of a record', z.record(z.string(), z.any()), `[{"${who}":1},${wrong}]`, '$.value(0)', '$.value(0)'],
    ['no prototype', z.unknown(), `[["null","a",1,"${who}",2],1,${wrong}]`, '$.value(1)', `$.${who}`],
    [
      'a model’s record',
      team.schema,
      `[["team@1",1],{"members":2},{"${who}":3},${wrong}]`,
      '$.members.value(0)',
      '$.members.value(0)',
    ],
    ['a field too many', team.schema, `[["team@1",1],{"members":2,"${who}":2},{}]`, '$.value(1)', `$.${who}`],
    [
      'an error’s property',
      z.unknown(),
      `[["Error",1],{"own":2},{"a":3,"${who}":4},1,${wrong}]`,
      '$.value(1)',
      `$.${who}`,
    ],
    ['the cause of an error', z.unknown(), `[["Error",1],{"cause":2},${wrong}]`, '$.cause', '$.cause'],
  ])('%s', (_, schema, body, secret, clear) => {
    expect(refusalOf(() => createCodec(marked).decode(envelope(body), schema))).toMatchObject({ path: secret })
    expect(refusalOf(() => createCodec({ models: [team] }).decode(envelope(body), schema))).toMatchObject({
      path: clear,
    })
  })

  test.each<[string, z.ZodType, string, secret: string, clear: string]>([
    ['a declared name', z.object({ a: z.date() }), '["(a:d)",["x"]]', '$.a', '$.a'],
    ['a name of its layout alone', z.unknown(), `["(a,${who}:d)",[1,"x"]]`, '$.value(1)', `$.${who}`],
    ['a name of a record', z.record(z.string(), z.date()), `["{d}",[1,"${who}","x"]]`, '$.value(0)', '$.value(0)'],
    [
      'a model’s record',
      team.schema,
      `["team@1(members:{d})",[1,"${who}","x"]]`,
      '$.members.value(0)',
      '$.members.value(0)',
    ],
  ])('%s, of fields/1', (_, schema, body, secret, clear) => {
    const text = `{"brine":1,"kind":"value","encoding":"fields/1","body":${body}}`
    expect(refusalOf(() => createCodec(marked).decode(text, schema))).toMatchObject({
      code: 'TEXT_INVALID',
      path: secret,
    })
    expect(refusalOf(() => createCodec({ models: [team] }).decode(text, schema))).toMatchObject({ path: clear })
  })

  test('by a schema with a mark of its own', () => {
    const schema = z.object({ pin: z.string().meta({ sensitive: true }), of: z.unknown() })
    const text = envelope(`[{"pin":1,"of":2},"x",{"${who}":3},${wrong}]`)
    expect(refusalOf(() => createCodec().decode(text, schema))).toMatchObject({ path: '$.of.value(0)' })
  })
})

test.each([
  ['declared', '$.a["…"]', '$.a["…"]'],
  ['identifiers', `$.a.${who}`, '$.a["…"]'],
] as const)('a name or number that a check gives, and the value does not have: %s', (names, name, number) => {
  const check = (...path: (string | number)[]) => {
    const schema = z.object({ a: z.unknown() }).superRefine((_, issues) => issues.addIssue({ code: 'custom', path }))
    const validator = createValidator(schema, { names: () => names })
    return refusalOf(() => validator.checkInputSync({ a: {} }, { code: 'PAYLOAD_INVALID' }))
  }
  expect([check('a', who), check('a', 4111)]).toMatchObject([{ path: name }, { path: number }])
})

test('what people type is refused by the same rule', () => {
  const payload = z.object({ labels: z.record(z.string(), z.unknown()), of: z.unknown() })
  const read = (json: unknown, names: 'declared' | 'identifiers') =>
    refusalOf(() => readInput(json, payload, [], names))
  const form = { [who]: { $bigint: 'five' } }
  expect([
    read({ labels: form }, 'declared'),
    read({ of: form }, 'declared'),
    read({ of: form }, 'identifiers'),
  ]).toMatchObject([{ path: '$.labels.value(0)' }, { path: '$.of.value(0)' }, { path: `$.of.${who}` }])
})

test('a codec, a store and files print none where they encrypt', async () => {
  const path = '$.value(0).value(0)'
  const folder = await mkdtemp(join(tmpdir(), 'brine-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { store } = openStore({ keys })
  expect([
    refusalOf(() => createCodec({ keys }).encode(named)),
    await rejection(store.set('it', named)),
    await rejection(createFiles({ keys }).write(join(folder, 'it.json'), named)),
  ]).toMatchObject([{ path }, { path }, { path }])
})
