import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compareShapes } from '../../src/compatibility/compare-shapes.ts'
import { describeSchema } from '../../src/compatibility/describe-schema.ts'
import type { Verdict } from '../../src/compatibility/finding.ts'
import { noted } from './changes/noted.ts'
import { known, person, robot } from './changes/parts.ts'
import { refused } from './changes/refused.ts'
import { taken } from './changes/taken.ts'
import { deploy, queue, told } from './deploy.ts'

const described = (schema: z.ZodType | undefined) => z.object({ keep: z.string(), ...(schema && { a: schema }) })
const payload = (schema: z.ZodType | undefined) => ({
  queues: [queue({ job: { payload: described(schema) } }, [known, robot])],
})
const fields = (schema: z.ZodType | undefined) => {
  const holder = person(described(schema), 'holder')
  return { queues: [queue({ job: { payload: z.string() } }, [known, robot, holder])] }
}
const outcome = (part: 'result' | 'progress') => (schema: z.ZodType | undefined) => ({
  queues: [queue({ job: { payload: z.string(), [part]: described(schema) } }, [known, robot])],
})

const inParts: [
  part: string,
  name: string,
  make: (schema: z.ZodType | undefined) => ReturnType<typeof payload>,
  verdict: Verdict,
][] = [
  ['payload', 'q/job', payload, 'needs-version'],
  ['fields', 'holder', fields, 'needs-version'],
  ['result', 'q/job', outcome('result'), 'breaking'],
  ['progress', 'q/job', outcome('progress'), 'breaking'],
]

describe.each(inParts)('in %s', (part, name, make, verdict) => {
  test.each(refused)('finds %s', async (_, before, after, found) => {
    const { safe, checked } = await deploy(make(before), make(after))
    const one = checked.find((any) => any.name === name)
    expect(one && told(one)).toEqual(found.map((word) => word.replace(' ', ` ${part} `)))
    expect(one?.verdict).toBe(verdict)
    expect(safe).toBe(false)
    for (const { remedy } of one?.findings.filter((finding) => finding.verdict === verdict) ?? [])
      expect(remedy).toMatch(/\w/)
  })

  test.each(taken)('does not cry over %s', async (_, before, after, found) => {
    const { safe, checked } = await deploy(make(before), make(after))
    const one = checked.find((any) => any.name === name)
    expect(one && told(one)).toEqual(found.map((word) => word.replace(' ', ` ${part} `)))
    expect(one?.verdict).toBe('safe')
    expect(safe).toBe(true)
  })
})

const describeAlone = (schema: z.ZodType) => describeSchema(z.object({ a: schema }), { models: [] })

test.each(noted)('notes %s', (_, before = z.never(), after = z.never(), found) => {
  const changes = compareShapes(describeAlone(before), describeAlone(after), (tag) => tag)
  expect(
    changes.filter(({ effect }) => effect !== 'takes').map(({ code, path, effect }) => [`${code} ${path}`, effect]),
  ).toEqual(found.map((word) => [word, 'unknown']))
})

/** As many schemas as `size`, each of which may hold each. */
function mutual(size: number, leaf: z.ZodType): z.ZodType {
  const all: z.ZodType[] = Array.from({ length: size }, () => {
    const shape = Object.fromEntries(
      Array.from({ length: size }, (_, index) => [`to${index}`, z.lazy(() => all[index]?.optional() ?? z.never())]),
    )
    return z.object({ leaf, ...shape })
  })
  return z.lazy(() => all[0] ?? z.never())
}

test('compares schemas that all refer to one another, of which it writes out a few', () => {
  const [before, now] = [describeAlone(mutual(12, z.string())), describeAlone(mutual(12, z.date()))]
  expect(JSON.stringify(before).length).toBeLessThan(1_000_000)
  expect(compareShapes(before, before, (tag) => tag)).toEqual([])
  expect(compareShapes(before, now, (tag) => tag)).toContainEqual(
    expect.objectContaining({ code: 'type-changed', path: '$.a.leaf' }),
  )
})
