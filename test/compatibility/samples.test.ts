import { expect, test } from 'vitest'
import { z } from 'zod'
import { modelsIn } from '../../src/compatibility/models-in.ts'
import { deploy, release } from './deploy.ts'
import { job } from './sources.ts'

test('says what nothing describes, and that samples are wanted where none can be made up', async () => {
  const odd = (limit: number) =>
    job({ payload: z.object({ a: z.custom<string>((value) => String(value).length > limit) }) })
  const { safe, checked } = await deploy(odd(5), odd(6))
  expect(safe).toBe(true)
  expect(checked[0]?.findings.map(({ code, verdict }) => `${verdict} ${code}`)).toEqual([
    'note not-described',
    'note no-samples',
  ])
  const refined = (least: number) =>
    job({ payload: z.string().refine((text) => text.length > least), samples: () => ['abcdef'] })
  expect((await deploy(refined(5), refined(6))).checked[0]).toMatchObject({
    verdict: 'needs-version',
    findings: expect.arrayContaining([expect.objectContaining({ code: 'sample-fails', path: '$' })]),
  })
})

test.each([
  ['[["person@1",1],{"who":2},["a/b-c.d@12",3]]', ['person@1', 'a/b-c.d@12']],
  ['{"layout":"(who:person@1(name*,of:firm@2),at:d)","body":[1]}', ['person@1', 'firm@2']],
  ['[{"a":1},"john@example.com","7up@1"]', []],
])('knows the models of a sample: %s', (text, found) => {
  expect([...modelsIn(text)]).toEqual(found)
})

test('makes samples up of whatever has a kind', async () => {
  const made: Record<string, z.ZodType> = {
    text: z.string().min(8).max(9),
    email: z.email(),
    uuid: z.uuid(),
    url: z.url(),
    at: z.iso.datetime(),
    start: z.string().startsWith('ab'),
    number: z.number().min(100).lt(101),
    whole: z.int().multipleOf(7).negative(),
    big: z.bigint().min(5n),
    date: z.date().max(new Date(0)),
    list: z.array(z.boolean()).min(3),
    set: z.set(z.string()),
    map: z.map(z.string(), z.date()),
    tuple: z.tuple([z.string(), z.null(), z.undefined()]),
    record: z.record(z.string(), z.number()),
    keys: z.record(z.enum(['x', 'y']), z.number()),
    kinds: z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b'), n: z.number() })]),
    word: z.enum(['x', 'y']),
    pre: z.preprocess(String, z.string()),
    caught: z.string().catch(''),
    changed: z.string().transform(Number),
    default: z.string().default('x'),
    nan: z.nan(),
    both: z.object({ a: z.string() }).and(z.object({ b: z.string() })),
    json: z.json(),
  }
  for (const [name, schema] of Object.entries(made)) {
    const { samples } = (await release(job({ payload: z.object({ [name]: schema }) }))).jobs['q/greet']?.[1] ?? {}
    expect(samples?.payload.length, name).toBeGreaterThan(0)
  }
})

test('describes and samples what comes of a payload that is parsed before it is stored', async () => {
  const ticket = z.object({
    at: z
      .string()
      .transform((text) => new Date(text))
      .pipe(z.date()),
    n: z.number().default(1),
  })
  const samples = () => [{ at: '2026-01-01' }]
  const [each, once] = [job({ payload: ticket, samples }), job({ payload: ticket, samples, parse: 'enqueue' })]
  const lock = await release(once)
  const entry = lock.jobs['q/greet']?.[1]
  expect(entry?.payload).toMatchObject({ fields: { at: { type: 'date' }, n: { type: 'number' } } })
  expect(entry?.payload.fields?.['n']).not.toHaveProperty('default')
  expect(entry?.samples.payload).toEqual([expect.stringContaining('2026-01-01T00:00:00.000Z')])
  expect((await deploy(once, once)).safe).toBe(true)
  expect((await deploy(each, once)).safe).toBe(false)
  expect((await deploy(once, each)).safe).toBe(false)
})
