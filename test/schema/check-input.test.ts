import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createValidator } from '../../src/schema/validate.ts'
import { failure, rejected } from './rejected.ts'

describe('checks what a producer gives without running transforms', () => {
  let runs = 0
  const count = <T>(value: T): T => {
    runs += 1
    return value
  }
  const date = z.codec(z.iso.datetime(), z.date(), { decode: (text) => count(new Date(text)), encode: String })

  test.each<[string, z.ZodType, unknown]>([
    ['a transform', z.string().transform(count), 'a'],
    [
      'a check after a transform',
      z
        .string()
        .transform((text) => count(text.length))
        .refine(count),
      'a',
    ],
    ['a check above a transform', z.object({ n: z.string().transform(count) }).refine(count), { n: 'a' }],
    ['a preprocess', z.preprocess(count, z.number()), 'not yet a number'],
    ['a codec', z.array(date), ['2020-01-01T00:00:00Z']],
    ['a default', z.object({ n: z.number().default(() => count(1)) }), {}],
    ['a catch', z.number().catch(() => count(1)), 'x'],
    ['a union of transforms', z.union([z.string().transform(count), z.number()]), 'a'],
    [
      'a discriminated union',
      z.discriminatedUnion('k', [z.object({ k: z.literal('a'), t: z.string().transform(count) })]),
      { k: 'a', t: '' },
    ],
    ['a lazy transform', z.lazy(() => z.string().transform(count)), 'a'],
  ])('%s', async (_title, schema, value) => {
    runs = 0
    await createValidator(schema).checkInput(value, failure)
    createValidator(schema).checkInputSync(value, failure)
    expect(runs).toBe(0)
  })

  test.each<[string, z.ZodType, unknown, string]>([
    ['before a transform', z.string().transform(count), 1, '$'],
    ['before a codec', z.array(date), ['2020-01-01T00:00:00Z', 'secret'], '$[1]'],
    ['under a default', z.object({ n: z.number().default(1) }), { n: 'secret' }, '$.n'],
    ['beside a transform', z.object({ n: z.string().transform(count), m: z.number() }), { n: '', m: 'secret' }, '$.m'],
    ['after a trim', z.object({ n: z.string().trim().min(1) }), { n: '  ' }, '$.n'],
    ['of the length of an array whose elements change', z.array(z.coerce.number()).min(1), [], '$'],
    [
      'above a default',
      z.object({ n: z.number(), most: z.number().default(1) }).refine(({ n, most }) => n <= most),
      { n: 2 },
      '$',
    ],
    [
      'above a default beside a transform',
      z.object({
        t: z.string().transform(count),
        in: z.object({ n: z.number().default(1) }).refine(({ n }) => n < 2),
      }),
      { t: '', in: { n: 2 } },
      '$.in',
    ],
    ['on what is coerced', z.object({ n: z.coerce.number().min(5) }), { n: '4' }, '$.n'],
    ['behind a pipe', z.string().pipe(z.string().min(3)), 'a', '$'],
    ['above a prefault', z.object({ n: z.number().prefault(1) }).refine(({ n }) => n > 1), {}, '$'],
    ['above a catch', z.object({ n: z.number().catch(0) }).refine(({ n }) => n > 0), { n: 'secret' }, '$'],
    ['above a trim', z.object({ t: z.string().trim() }).refine(({ t }) => t !== ''), { t: ' ' }, '$'],
    [
      'above a readonly',
      z
        .object({ a: z.number() })
        .readonly()
        .refine(({ a }) => a > 1),
      { a: 1 },
      '$',
    ],
    ['below a readonly', z.object({ a: z.number() }).readonly(), { a: 'secret' }, '$.a'],
    [
      'in a recursive schema with defaults',
      z.object({
        n: z.number().default(1),
        get kids(): z.ZodType {
          return z.array(recursive)
        },
      }),
      { kids: [{ kids: [{ n: 'secret', kids: [] }] }] },
      '$.kids[0].kids[0].n',
    ],
  ])('and keeps the checks %s', async (_title, schema, value, path) => {
    const error = await rejected(() => createValidator(schema).checkInput(value, failure))
    expect(error).toMatchObject({ code: 'PAYLOAD_INVALID', job: 'greet', path })
    expect(String(error)).not.toContain('secret')
  })
})

const recursive: z.ZodType = z.object({
  n: z.number().default(1),
  get kids(): z.ZodType {
    return z.array(recursive)
  },
})
