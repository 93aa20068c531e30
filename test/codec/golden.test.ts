import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import { difference } from './difference.ts'
import { schemaGoldens } from './fields-golden-texts.ts'
import { fixtureModels } from './fixtures.ts'
import { goldens } from './golden-texts.ts'
import { boundGoldens, openGolden, sealedGoldens } from './sealed-golden-texts.ts'

/**
 * Every golden file that was ever committed, and the hash of what it held. A line is added when an encoding or envelope
 * version is; none is ever changed or removed, because texts like those wait in somebody's Redis.
 */
const manifest = {
  'envelope-1.bound.json': 'd30842b0adc2bd9889999c930a36aa701b12ae3f37d6d910bf6b5e37b9c36537',
  'envelope-1.devalue-6.json': 'cc764cf1b1c39ea5ebe0609af7c4f1535c17362089114c4d0c03810a24de1d90',
  'envelope-1.error-extras.json': 'f5b926c2cead5c54d0b9fff520f799b75dd679ba92d7dd134e4a8bd171caec01',
  'envelope-1.fields-1.json': '274ec5ae80b6ce65caf3cd06d2c99bfbbdf1dd61f3049f64df2c4a49c80f3ab3',
  'envelope-1.sealed.json': '192bb94e50a71b91d85ec748d433cfa04d3acb41b2097a1955bc53ec85a8cc26',
}

const folder = new URL('../golden/', import.meta.url)
const codec = createEnvelopeCodec({ models: fixtureModels })

test('the golden files are those of the manifest, no more and no fewer', () => {
  expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toEqual(Object.keys(manifest))
})

describe.each(Object.entries(manifest))('%s', (name, hash) => {
  const file = readFileSync(new URL(name, folder))
  const texts: Record<string, string> = JSON.parse(file.toString())

  test('is as it was committed', () => {
    expect(createHash('sha256').update(file).digest('hex')).toBe(hash)
  })

  test.each(Object.entries(texts))('is read as what it was made of: %s', (row, text) => {
    const sealed = [...sealedGoldens, ...boundGoldens].find((one) => one.name === row)
    const golden = sealed ?? [...goldens, ...schemaGoldens].find((one) => one.name === row)
    expect(golden, 'a fixture that has a golden text stays').toBeDefined()
    if (golden === undefined) return
    const { value, version, bond } = sealed ? openGolden(sealed, text) : codec.decode(text, golden.place)
    expect(difference(golden.value(), value)).toBeUndefined()
    expect(version).toBe(golden.place.version)
    expect(bond).toEqual(golden.place.bond)
  })
})
