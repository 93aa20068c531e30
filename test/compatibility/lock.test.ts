import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { checkLock } from '../../src/compatibility/check-lock.ts'
import { emptyLock, parseLock, writeLock } from '../../src/compatibility/lock.ts'
import { defineProject } from '../../src/compatibility/project.ts'
import { retireFromLock } from '../../src/compatibility/retire-from-lock.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { release } from './deploy.ts'
import { full, job, model, Person, payload, person, upcast } from './sources.ts'

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
