import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { checkLock } from '../../src/check/check-lock.ts'
import { emptyLock, parseLock, writeLock } from '../../src/check/lock.ts'
import { modelsIn } from '../../src/check/models-in.ts'
import { defineProject, type ProjectSources } from '../../src/check/project.ts'
import { retireFromLock } from '../../src/check/retire-from-lock.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { untyped } from '../queue/people.ts'
import { deploy, queue, release, told } from './deploy.ts'

class Person {
  constructor(readonly name: string) {}
}
const fields = z.object({ name: z.string() })
const person = (over: object = {}) =>
  untyped(defineModel)(Person, {
    ...{ tag: 'person', fields, decode: ({ name }: z.infer<typeof fields>) => new Person(name) },
    ...over,
  })
const model = (over: object = {}) => {
  const one = person(over)
  return { queues: [queue({ greet: { payload: z.object({ who: one.schema }) } }, [one])] }
}
const payload = z.object({ n: z.number() })
const job = (over: object = {}, name = 'greet', rest: object = {}) => ({
  queues: [untyped(queue)({ [name]: { payload, ...over }, ...rest })],
})
const renamed = z.object({ full: z.string() })
const upcast = { 1: ({ name }: { name: string }) => ({ full: name }) }
const throws = {
  1: () => {
    throw new TypeError('no')
  },
}
const full = {
  fields: renamed,
  encode: (one: Person) => ({ full: one.name }),
  decode: (given: z.infer<typeof renamed>) => new Person(given.full),
}

const rows: [
  title: string,
  before: ProjectSources,
  after: ProjectSources,
  name: string,
  verdict: string,
  found: string[],
][] = [
  ['a tag renamed without alias', model(), model({ tag: 'human' }), 'person', 'breaking', ['renamed']],
  ['a tag renamed with alias', model(), model({ tag: 'human', aliases: ['person'] }), 'human', 'safe', []],
  ['a model removed', model(), job(), 'person', 'breaking', ['gone']],
  ['a job renamed without alias', job(), job({}, 'welcome'), 'q/greet', 'breaking', ['renamed']],
  ['a job renamed with alias', job(), job({ aliases: ['greet'] }, 'welcome'), 'q/welcome', 'safe', []],
  [
    'a job renamed and changed, without alias',
    job(),
    job({ payload: z.string() }, 'welcome'),
    'q/greet',
    'breaking',
    ['gone'],
  ],
  ['a job removed', job({}, 'greet', { other: { payload } }), job({}, 'other'), 'q/greet', 'breaking', ['gone']],
  ['a new job', job(), job({}, 'greet', { other: { payload } }), 'q/other', 'safe', []],
  [
    'a new model',
    job(),
    { queues: [...job().queues, ...model().queues.map((one) => ({ ...one, name: 'r' }))] },
    'person',
    'safe',
    [],
  ],
  ['a model’s version without an upcaster', model(), model({ version: 2 }), 'person', 'breaking', ['no-upcaster']],
  [
    'a model’s version without an upcaster from the first',
    model(),
    model({ version: 3, upcast: { 2: (old: { name: string }) => old } }),
    'person',
    'breaking',
    ['no-upcaster'],
  ],
  ['a job’s version without an upcaster', job(), job({ version: 2 }), 'q/greet', 'breaking', ['no-upcaster']],
  ['a model’s version with an upcaster', model(), model({ version: 2, ...full, upcast }), 'person', 'safe', []],
  [
    'a job’s version with an upcaster',
    job(),
    job({ version: 2, payload: z.bigint(), upcast: { 1: ({ n }: { n: number }) => BigInt(n) } }),
    'q/greet',
    'safe',
    [],
  ],
  [
    'a model’s upcaster that throws',
    model(),
    model({ version: 2, ...full, upcast: throws }),
    'person',
    'breaking',
    ['upcaster-fails fields $', 'upcaster-fails fields $'],
  ],
  [
    'a job’s upcaster that throws',
    job(),
    job({ version: 2, upcast: throws }),
    'q/greet',
    'breaking',
    ['upcaster-fails payload $', 'upcaster-fails payload $'],
  ],
  ['a version that was lowered', model({ version: 2 }), model(), 'person', 'breaking', ['version-lowered']],
  ['a job’s version that was lowered', job({ version: 2 }), job(), 'q/greet', 'breaking', ['version-lowered']],
]

describe('finds, or does not cry over,', () => {
  test.each(rows)('%s', async (_, before, after, name, verdict, found) => {
    const { safe, checked } = await deploy(before, after)
    const one = checked.find((any) => any.name === name)
    expect(one).toMatchObject({ verdict })
    expect([...new Set(one && told(one))]).toEqual([...new Set(found)])
    if (verdict === 'safe') expect(safe).toBe(true)
  })
})

test('tells what a changed model does to jobs at the model alone', async () => {
  const { checked } = await deploy(model(), model({ fields: z.object({ name: z.string(), age: z.number() }) }))
  expect(checked.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['person', 'needs-version'],
    ['q/greet', 'safe'],
  ])
  expect(checked[1]?.findings.map(({ code, verdict }) => [code, verdict])).toEqual([['model-changed', 'note']])
})

test('finds what upcasters make of samples that the schema of today refuses', async () => {
  const { checked } = await deploy(job(), job({ version: 2, upcast: { 1: () => ({ n: 'five' }) } }))
  expect(checked[0]?.findings).toEqual([
    expect.objectContaining({ code: 'sample-fails', verdict: 'breaking', version: 1, part: 'payload', path: '$.n' }),
  ])
})

test('reads what was released two versions ago, under a name that it had then', async () => {
  const second = { version: 2, ...full, upcast }
  const report = await deploy(
    model(),
    model(second),
    model({
      ...second,
      version: 3,
      tag: 'human',
      aliases: ['person'],
      upcast: { ...upcast, 2: (old: { full: string }) => old },
    }),
  )
  expect(report.safe).toBe(true)
  expect(report.upToDate).toBe(false)
})

test('says which results the producers of the old build would refuse', async () => {
  const { safe, checked } = await deploy(job({ result: z.string() }), job({ result: z.string().nullable() }))
  expect(safe).toBe(true)
  expect(checked[0]?.findings.map(({ code, part }) => `${code} ${part}`)).toEqual([
    'widened result',
    'older-readers result',
  ])
})

/** What is noted of workers of the old build: nothing was stored that is not read. */
async function olderReaders(before: ProjectSources, after: ProjectSources) {
  const { safe, checked } = await deploy(before, after)
  expect(safe).toBe(true)
  const notes = checked.flatMap(({ findings }) => findings.filter(({ code }) => code === 'older-readers'))
  expect(notes.every(({ verdict }) => verdict === 'note')).toBe(true)
  return notes.map(({ part, path, text }) => `${part} ${path} ${/put off|quarantine/.exec(text)}`)
}
const kinds = (...values: string[]) => z.object({ kind: z.enum(values), at: z.date() })

test.each<[string, ProjectSources, ProjectSources, string[]]>([
  [
    'a field of a model',
    model(),
    model({ fields: fields.extend({ age: z.number().optional() }) }),
    ['fields $.age put off'],
  ],
  [
    'an enum that is longer',
    job({ payload: kinds('a') }),
    job({ payload: kinds('a', 'b') }),
    ['payload $.kind quarantine'],
  ],
  [
    'a wider type of a model',
    model(),
    model({ fields: fields.extend({ name: z.string().nullable() }) }),
    ['fields $.name quarantine'],
  ],
  [
    'a field that may be missing',
    job({ payload: kinds('a') }),
    job({ payload: kinds('a').partial({ at: true }) }),
    ['payload $.at quarantine'],
  ],
  [
    'a field of a payload, which they pass over',
    job({ payload: kinds('a') }),
    job({ payload: kinds('a').extend({ more: z.string().optional() }) }),
    [],
  ],
  [
    'a longer enum of a newer version',
    job({ payload: kinds('a') }),
    job({ payload: kinds('a', 'b'), version: 2, upcast: { 1: (old: unknown) => old } }),
    [],
  ],
  ['the same in another order', job({ payload: z.enum(['a', 'b']) }), job({ payload: z.enum(['b', 'a']) }), []],
])('says what workers of the old build make of %s', async (_, before, after, noted) => {
  expect(await olderReaders(before, after)).toEqual(noted)
})

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

describe('the lock', () => {
  const lists = (names: string[]) =>
    job({ payload: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) })

  test('is the same text for the same code, in whatever order it is written, however often it is updated', async () => {
    const text = writeLock(await release(lists(['a', 'b'])))
    expect(writeLock(await release(lists(['b', 'a'])))).toBe(text)
    expect(writeLock(await release(lists(['a', 'b']), lists(['a', 'b']), lists(['a', 'b'])))).toBe(text)
    expect(writeLock(parseLock(text))).toBe(text)
    expect(text.endsWith('}\n')).toBe(true)
  })

  test('keeps what older versions stored, and their samples, until they are retired', async () => {
    const [first, second] = [await release(model()), await release(model(), model({ version: 2, ...full, upcast }))]
    expect(second.models['person']?.[1]).toEqual(first.models['person']?.[1])
    expect(Object.keys(second.models['person'] ?? {})).toEqual(['1', '2'])
    expect(Object.keys(retireFromLock(second, 'person@1').models['person'] ?? {})).toEqual(['2'])
    expect(retireFromLock(second, 'person').models).toEqual({})
    expect(retireFromLock(second, 'q/greet@1').jobs).toEqual({})
    for (const entry of ['person@3', 'nobody', 'q/nothing', '']) {
      expect(() => retireFromLock(second, entry)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
    }
    const project = defineProject(model({ version: 2, ...full }))
    expect((await checkLock(second, project)).safe).toBe(false)
    expect((await checkLock(retireFromLock(second, 'person@1'), project)).safe).toBe(true)
  })

  test('keeps the samples of today beside the new ones, when the shape grows', async () => {
    const grown = (schema: z.ZodType) => job({ payload: z.object({ a: z.string(), b: schema }) })
    const before = (await release(grown(z.string()))).jobs['q/greet']?.[1]?.samples.payload ?? []
    const after = await release(grown(z.string()), grown(z.string().optional()))
    const samples = after.jobs['q/greet']?.[1]?.samples.payload ?? []
    expect(samples.slice(0, before.length)).toEqual(before)
    expect(samples.length).toBeGreaterThan(before.length)
    expect(new Set(samples).size).toBe(samples.length)
  })

  test('holds the samples that a model or job gives, each of which has to be encodable', async () => {
    const own = { samples: () => [new Person('Ann')] }
    expect((await release(model(own))).models['person']?.[1]?.samples[0]).toContain('"Ann"')
    expect((await release(job({ samples: () => [{ n: 77 }] }))).jobs['q/greet']?.[1]?.samples.payload[0]).toContain(
      '77',
    )
    for (const bad of [
      model({ samples: () => [Reflect.construct(Person, [5])] }),
      job({ samples: () => [{ n: 'x' }] }),
    ]) {
      await expect(release(bad)).rejects.toMatchObject({ code: 'OPTIONS_INVALID', path: 'samples[0]' })
    }
  })

  test.each([
    ['nothing', ''],
    ['a merge left open', '<<<<<<< HEAD\n{}'],
    ['JSON of another kind', '{"lockfileVersion":3}'],
    ['one of a newer form', '{"brineLock":2,"models":{},"jobs":{}}'],
    ['one with more in it', '{"brineLock":1,"models":{},"jobs":{},"more":1}'],
    ['one whose entries are none', '{"brineLock":1,"models":{"person":{"x":{}}},"jobs":{}}'],
  ])('is refused when it is %s', (_, text) => {
    expect(() => parseLock(text)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
  })

  test('is out of date when the code has what it has not, though all is safe', async () => {
    const lock = await release(job())
    expect(await checkLock(lock, defineProject(job()))).toMatchObject({ safe: true, upToDate: true })
    expect(
      await checkLock(lock, defineProject(job({ payload: payload.extend({ more: z.string().optional() }) }))),
    ).toMatchObject({
      safe: true,
      upToDate: false,
    })
    expect(await checkLock(emptyLock, defineProject(job()))).toMatchObject({ safe: true, upToDate: false })
  })
})

test('keeps models of stores too, and refuses two that claim one tag', async () => {
  const lock = await release({ ...job(), stores: [{ models: [person()] }] })
  expect(Object.keys(lock.models)).toEqual(['person'])
  const other = defineModel(class Other {}, { tag: 'person', fields: z.object({}) })
  expect(() => defineProject({ ...model(), stores: [{ models: [other] }] })).toThrow(
    expect.objectContaining({ code: 'MODEL_INVALID' }),
  )
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

describe('of a model inside another one', () => {
  class Inner {
    constructor(readonly n: number) {}
  }
  class Outer {
    constructor(readonly inner: Inner) {}
  }
  const nested = (over: object = {}) => {
    const inner = defineModel(Inner, {
      tag: 'inner',
      fields: z.object({ n: z.number() }),
      decode: ({ n }) => new Inner(n),
      ...over,
    })
    const outer = defineModel(Outer, {
      tag: 'outer',
      fields: z.object({ inner: inner.schema }),
      decode: (given) => new Outer(given.inner),
    })
    return { queues: [queue({ job: { payload: outer.schema } }, [inner, outer])] }
  }

  test.each([
    ['an upcaster that throws', { version: 2, upcast: { 1: () => JSON.parse('{') } }, 'inner'],
    ['a version without an upcaster', { version: 2 }, 'inner'],
    ['a changed type', { fields: z.object({ n: z.string() }) }, 'inner'],
    ['a decode that throws', { decode: () => JSON.parse('{') }, 'inner'],
    ['a tag renamed without an alias', { tag: 'core' }, 'inner'],
  ])('tells %s once, and not of what holds it', async (_, over, name) => {
    const { safe, checked } = await deploy(nested(), nested(over))
    expect(safe).toBe(false)
    expect(checked.filter(({ verdict }) => verdict !== 'safe').map((one) => one.name)).toEqual([name])
    const notes = checked.flatMap(({ findings }) => findings.filter(({ code }) => code === 'model-changed'))
    expect(notes.map(({ part }) => part)).toEqual(expect.arrayContaining(['fields', 'payload']))
  })
})

test('gives a job of a queue that is gone no advice that a queue cannot follow', async () => {
  const { checked } = await deploy(job(), { queues: [] })
  expect(checked[0]).toMatchObject({ verdict: 'breaking', findings: [{ code: 'gone' }] })
  expect(checked[0]?.findings[0]?.remedy).not.toContain('aliases: [')
})
