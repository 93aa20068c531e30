import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import { fixtureModels } from './fixtures.ts'
import { goldens } from './golden-texts.ts'

/** What errors have beside their fields, which was not written at first. */
export function errorExtrasGoldenTexts(): { name: string; text: string }[] {
  const codec = createEnvelopeCodec({ models: fixtureModels })
  return goldens
    .filter(({ name }) => name.includes('beside its fields'))
    .map(({ name, place, value }) => ({ name, text: codec.encode(value(), place) }))
}
