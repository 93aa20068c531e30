import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { Guarded } from './classes.ts'
import { difference } from './difference.ts'
import { fixtureModels, fixtures } from './fixtures.ts'

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

  test.each(rows.filter(({ text }) => text !== undefined))('is written exactly so: $name', ({ value, text }) => {
    expect(bodyOf(codec.encode(value()))).toBe(text)
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
