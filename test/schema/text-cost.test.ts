import { expect, test } from 'vitest'
import { z } from 'zod'
import { createValidator } from '../../src/schema/validate.ts'
import { failure, rejected } from './rejected.ts'

const refused = { code: 'LIMIT_EXCEEDED' }
const many = (text: string, times: number) => Array<string>(times).fill(text)

/** Texts that zod takes long to read, by the schema that reads them, and how many of them are too many. */
const costly: [name: string, schema: z.ZodType, text: string, times: number][] = [
  ['base64url', z.base64url(), 'a-'.repeat(20_000), 150],
  ['a check for base64url', z.string().check(z.base64url()), 'a-'.repeat(20_000), 150],
  ['short texts of base64url', z.base64url(), 'a-'.repeat(30), 80_000],
  ['jwt', z.jwt(), 'a.'.repeat(20_000), 400],
  ['slugify', z.string().slugify(), '😀'.repeat(20_000), 400],
  ['toUpperCase', z.string().toUpperCase(), '😀'.repeat(20_000), 400],
  ['normalize', z.string().normalize(), 'ä'.repeat(40_000), 400],
  ['emoji', z.emoji(), '😀'.repeat(20_000), 1_700],
  ['a pipe to base64url', z.string().pipe(z.base64url()), 'a-'.repeat(20_000), 150],
  ['base64url among alternatives', z.union([z.number(), z.base64url()]), 'a-'.repeat(20_000), 150],
  ['a text that becomes a bigint', z.coerce.bigint(), '1'.repeat(40_000), 900],
]

test.each(costly)('%s: many references to a long text are refused', async (_, schema, text, times) => {
  const { readOutputSync } = createValidator(z.array(schema))
  expect(await rejected(() => readOutputSync(many(text, times), failure))).toMatchObject(refused)
})

const ordinary: [name: string, schema: z.ZodType, text: string, times: number][] = [
  ['base64url of a mebibyte', z.base64url(), 'abcd'.repeat(262_144), 1],
  ['tokens', z.jwt().or(z.string()), `${'abcd'.repeat(200)}.${'abcd'.repeat(50)}.x`, 2_000],
  ['names in capitals', z.string().toUpperCase(), 'Ada Lovelace', 50_000],
  ['texts', z.string().min(1).max(100_000), 'x'.repeat(1_000), 10_000],
]

test.each(ordinary)('%s: what people send is read', (_, schema, text, times) => {
  const { readOutputSync } = createValidator(z.array(schema))
  expect(() => readOutputSync(many(text, times), failure)).not.toThrow()
})

test('an object that is looked at whole is listed once, however many refer to it', async () => {
  let listings = 0
  const shared = new Proxy(Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`k${n}`, n])), {
    ownKeys(target) {
      listings += 1
      return Reflect.ownKeys(target)
    },
  })
  for (const value of [Array(5_000).fill(shared), Array.from({ length: 5_000 }, () => [shared])]) {
    listings = 0
    const { readOutputSync } = createValidator(z.array(z.coerce.string()))
    expect(await rejected(() => readOutputSync(value, failure))).toMatchObject(refused)
    expect(listings).toBeLessThan(5)
  }
})
