import { expect, test } from 'vitest'
import { z } from 'zod'
import type { ProjectSources } from '../../src/compatibility/project.ts'
import { deploy } from './deploy.ts'
import { fields, job, model } from './sources.ts'

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
