import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineModel } from '../../src/model/define-model.ts'
import { showJson, showLine, showText } from '../../src/notation/show.ts'
import { models, secret, User, user } from './values.ts'

const marked = z.string().meta({ sensitive: true })
const whole = z.object({ pin: marked, name: z.string() })
const inside = { note: secret }

class Pass {
  code = secret
}
const pass = defineModel(Pass, { tag: 'pass', fields: z.object({ code: z.string() }).meta({ sensitive: true }) })

const rows: readonly (readonly [what: string, schema: z.ZodType, value: unknown])[] = [
  ['an instance whose fields are sensitive as a whole', z.unknown(), [new Pass()]],
  ['the fields of an instance in its place', z.object({ user: user.schema }), { user: { name: 7, password: secret } }],
  ['the same, where a check was added', user.schema.refine(() => true), { name: 7, password: secret }],
  ['a text in the place of an instance', z.object({ user: user.schema }), { user: secret }],
  [
    'a text that is to be parsed',
    z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(whole),
    JSON.stringify({ pin: secret }),
  ],
  ['a text before it is preprocessed', z.preprocess((text) => text, whole), JSON.stringify({ pin: secret })],
  ['an element too many', z.tuple([marked]), [secret, secret]],
  ['a mark that says more than true', z.object({ pin: z.string().meta({ sensitive: 'pii' }) }), { pin: secret }],
  [
    'what a hidden object holds, where no schema knows it',
    z.object({ any: z.unknown(), own: z.object({ a: z.unknown() }).meta({ sensitive: true }) }),
    { any: [inside], own: { a: inside } },
  ],
]

test.each(rows.map(([what, schema, value]) => ({ what, schema, value })))('hides $what', ({ schema, value }) => {
  const options = { schema, models: [...models, pass] }
  for (const shown of [showText(value, options), showLine(value, options), JSON.stringify(showJson(value, options))]) {
    expect(shown).not.toContain(secret)
    expect(shown).toMatch(/\[hidden|\$hidden/)
  }
  expect(showText(value, { ...options, reveal: true })).toContain(secret)
})

test('shows instances in their places, and null where an object might be', () => {
  const schema = z.object({ user: user.schema, none: whole.nullable() })
  expect(showText({ user: new User('Ann', secret), none: null }, { schema, models })).toBe(
    "{ user: User { name: 'Ann', password: [hidden] }, none: null }",
  )
})
