import { expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { BrineError } from '../../src/errors.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { Person } from './classes.ts'
import { fixtureModels } from './fixtures.ts'
import { envelopes } from './hostile/envelopes.ts'
import { envelope } from './hostile/hostile.ts'
import { malformedModels, models } from './hostile/models.ts'
import { shapes } from './hostile/shapes.ts'
import { tagged } from './hostile/tagged.ts'

const secret = 'hunter2-0451'

class Login {
  constructor(readonly password: unknown) {}
}
const login = defineModel(Login, {
  tag: 'login',
  fields: z.object({
    password: z.union([
      z.object({ kind: z.literal('plain'), of: z.enum(['a', 'b']) }),
      z.map(z.string().max(3), z.set(z.number())),
      z.string().regex(/^\d+$/, { error: (issue) => `bad: ${String(issue.input)}` }),
    ]),
  }),
})

class Choosy {
  constructor(readonly form: unknown) {}
}
const choosy = defineModel(Choosy, {
  tag: 'choosy',
  fields: z.object({
    form: z.string().refine(
      () => {
        throw new Error(secret)
      },
      { error: secret },
    ),
  }),
})

const codec = createCodec({ models: [...fixtureModels, ...malformedModels, login, choosy] })

function refusalOf(run: () => unknown): BrineError {
  try {
    run()
  } catch (error) {
    if (error instanceof BrineError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** Everything that a log would hold of an error, but for its stack's frames and its cause. */
function shown(error: BrineError): string {
  return [
    error.message,
    error.path,
    error.job,
    error.code,
    String(error),
    JSON.stringify(error),
    Object.keys(error),
  ].join()
}

const bytes = Buffer.from(secret)
const cyclic: unknown[] = [secret]
cyclic.push(cyclic)

const values: [name: string, value: () => unknown][] = [
  ['a value beside a function', () => ({ secret, run: () => secret })],
  ['a key of a Map', () => new Map([[secret, () => {}]])],
  ['a key of a Map that is refused', () => new Map([[Symbol(secret), 1]])],
  ['a member of a Set', () => new Set([secret, Symbol(secret)])],
  ['a description of a symbol', () => Symbol(secret)],
  ['a source of a function', () => `${secret}` && (() => 'hunter2-0451')],
  [
    'an instance of an unregistered class',
    () =>
      new (class {
        at = secret
      })(),
  ],
  ['a resolved promise', () => Promise.resolve(secret)],
  [
    'what an accessor throws',
    () =>
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error(secret)
          },
        },
      ),
  ],
  ['bytes', () => Object.assign(bytes.subarray(), { extra: secret })],
  ['a field of another type', () => new Person(7 as never, secret as never)],
  ['alternatives of a field', () => new Login({ kind: secret, of: secret })],
  ['a key of a Map in a field', () => new Login(new Map([[secret, new Set([secret])]]))],
  ['a message made of the input', () => new Login(secret)],
  ['a check that throws', () => new Choosy('x')],
  ['a Date with a method', () => Object.assign(new Date(), { toISOString: () => secret })],
  ['an error with a hidden property', () => Object.defineProperty(new Error(secret), 'x', { value: secret })],
  ['a regular expression', () => Object.assign(new RegExp(secret), { lastIndex: secret })],
  ['a URL', () => Object.assign(new URL(`https://${secret}@a.b/`), { extra: secret })],
  ['a number that is over a limit', () => BigInt(`4510451${'0'.repeat(5000)}`)],
  ['a cycle', () => [cyclic, () => {}]],
]

test.each(values)('no refusal to encode tells %s', (_, value) => {
  const error = refusalOf(() => codec.encode(value()))
  expect(shown(error)).not.toContain(secret)
  expect(shown(error)).not.toContain('0451')
})

const json = JSON.stringify(secret)
const texts: [name: string, text: string][] = [
  ['text that is no JSON', secret],
  ['text that ends early', envelope(`[${json}`)],
  ['an envelope of other members', `{"brine":1,${json}:1}`],
  ['an encoding', envelope('[1]').replace('devalue/6', secret)],
  ['a kind', envelope('[1]').replace('"value"', json)],
  ['a job', envelope('[1]').replace('"kind":"value"', `"kind":"value","job":${json},"version":1`)],
  ['a tag', envelope(`[[${json},1],{}]`)],
  ['a tag with a version', envelope(`[["${secret}@1",1],{}]`)],
  ['a date', envelope(`[["Date",${json}]]`)],
  ['a URL', envelope(`[["URL",${json}]]`)],
  ['a pattern', envelope(`[["RegExp","(${secret}"]]`)],
  ['flags', envelope(`[["RegExp","a",${json}]]`)],
  ['digits', envelope(`[["BigInt",${json}]]`)],
  ['base64', envelope(`[["ArrayBuffer",${json}]]`)],
  ['an index', envelope(`[[${json}]]`)],
  ['an entry that none names', envelope(`[[],${json}]`)],
  ['a key of a Map that is there twice', envelope(`[["Map",1,1,2,2],${json},${json}]`)],
  ['a member of a Set that is there twice', envelope(`[["Set",1,2],${json},${json}]`)],
  ['a field of another type', envelope(`[["person@1",1],{"name":2,"age":2},${json}]`)],
  ['fields that are none', envelope(`[["person@1",1],${json}]`)],
  ['the fields of an older version', envelope(`[["versioned@2",1],{"old":2},[3],${json}]`)],
  ['a code of an error', envelope(`[["BrineError",1],{"message":3,"own":2},{"code":3},${json}]`)],
  ['a value under a key of a Map', envelope(`[["Map",1,2],${json},["Date",${json}]]`)],
]

test.each(texts)('no refusal to decode tells %s', (_, text) => {
  const error = refusalOf(() => codec.decode(text))
  expect(shown(error)).not.toContain(secret)
  expect(String(error.cause)).not.toContain(secret)
})

test('no refusal of a malformed text quotes it', () => {
  for (const { text } of [...shapes, ...tagged, ...models, ...envelopes]) {
    const planted = text.replaceAll(/"(?:x|John|k)"(?!:)/g, json)
    if (planted === text || text.includes('"null"')) continue
    expect(shown(refusalOf(() => codec.decode(planted)))).not.toContain(secret)
  }
})

test('a schema of the reader’s tells nothing of the value either', () => {
  const text = codec.encode({ [secret.slice(0, 0)]: secret, list: [secret], map: new Map([[secret, 1]]) })
  const schema = z.object({ list: z.array(z.string().max(3)), map: z.map(z.string().max(3), z.string()) })
  expect(shown(refusalOf(() => codec.decode(text, schema)))).not.toContain(secret)
})
