import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { ProjectSources } from '../../src/compatibility/project.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { deploy, queue, told } from './deploy.ts'
import { full, job, model, payload, upcast } from './sources.ts'

const throws = {
  1: () => {
    throw new TypeError('no')
  },
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
