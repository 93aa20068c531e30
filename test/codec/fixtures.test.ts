import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { Guarded } from './classes.ts'
import { devalueBody } from './devalue-body.ts'
import { difference } from './difference.ts'
import { fixtureModels, fixtures } from './fixtures.ts'
import { envelope } from './hostile/hostile.ts'

const codec = createCodec({ models: fixtureModels })
const bodyOf = (text: string): string => text.slice(text.indexOf('"body":') + '"body":'.length, -1)

describe.each([...new Set(fixtures.map(({ group }) => group))])('%s', (group) => {
  const rows = fixtures.filter((fixture) => fixture.group === group)

  test.each(rows)('comes back the same: $name', ({ value }) => {
    const given = value()
    expect(difference(given, codec.decode(codec.encode(given)))).toBeUndefined()
  })

  test.each(rows)('is the same again after a second trip: $name', ({ value }) => {
    const once = codec.encode(value())
    expect(codec.encode(codec.decode(once))).toBe(once)
  })

  const written = rows.filter(({ text }) => text !== undefined)
  test.each(written)('is written exactly so: $name', ({ value, text, fields }) => {
    expect(bodyOf(codec.encode(value()))).toBe(fields ?? text)
  })

  // What no schema carries is written so, and what was written before there was another way stays readable.
  const both = written.filter(({ fields }) => fields !== undefined)
  test.each(both)('is written and read in devalue/6 as well: $name', ({ value, text = '' }) => {
    expect(devalueBody(value())).toBe(text)
    expect(difference(value(), codec.decode(envelope(text)))).toBeUndefined()
  })
})

test('every row has a name of its own', () => {
  const names = fixtures.map(({ group, name }) => `${group}: ${name}`)
  expect(new Set(names).size).toBe(names.length)
})

test('no setter of a class runs when its instances come back', () => {
  codec.decode(codec.encode([new Guarded(1), new Guarded(2)]))
  expect(Guarded.assigned).toBe(0)
})
