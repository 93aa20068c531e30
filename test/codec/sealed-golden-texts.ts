import type { Place } from '../../src/codec/envelope.ts'
import { writeEnvelope, writeHead } from '../../src/codec/envelope.ts'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import type { SealSurroundings } from '../../src/codec/seals.ts'
import { compressBody } from '../../src/seal/compress.ts'
import { defineKeys } from '../../src/seal/define-keys.ts'
import { createSealer } from '../../src/seal/sealer.ts'
import { fixtureModels } from './fixtures.ts'
import { goldens } from './golden-texts.ts'

/** A sealed or compressed text that stays readable for ever, with the keys that nobody else uses. */
export interface SealedGolden {
  name: string
  place: Place
  at: SealSurroundings
  mode: 'sign' | 'encrypt' | undefined
  compressed: boolean
  value: () => unknown
}

const secrets = { k1: Buffer.from('brine golden key, never used else'.slice(0, 32)) }
const nonce = Buffer.from('0123456789abcdefghijklmn')
const queue: SealSurroundings = { purpose: 'queue', prefix: '{brine}', queue: 'people' }
const ofQueues = goldens.filter(({ place }) => place.kind !== 'value')
const long = () => ({ text: 'pickled '.repeat(200) })

const cases: readonly Omit<SealedGolden, 'mode' | 'compressed'>[] = [
  ...ofQueues.map(({ name, place, value }) => ({ name, value, at: queue, place: { ...place, id: 'job-1' } })),
  {
    ...{ name: 'template of a schedule', value: () => 1, at: queue },
    place: { kind: 'payload', job: 'greet', version: 1, id: 'repeat:nightly' },
  },
  {
    ...{ name: 'payload whose id and queue are no ASCII', value: () => 'ü' },
    at: { ...queue, queue: 'Größe€𝄞' },
    place: { kind: 'payload', job: 'größe', version: 1, id: 'ä€𝄞' },
  },
  {
    ...{ name: 'value under a key', value: long, place: { kind: 'value', id: 'people:person-a' } },
    at: { purpose: 'store', prefix: '', queue: '' },
  },
  {
    ...{ name: 'value in a file', value: long, place: { kind: 'value' } },
    at: { purpose: 'file', prefix: '', queue: '' },
  },
  {
    ...{ name: 'value of a codec', value: long, place: { kind: 'value' } },
    at: { purpose: 'codec', prefix: '', queue: '' },
  },
]

const token = 'AAECAwQFBgcICQoLDA0ODxARA'
const parent = 'EhMUFRYXGBkaGxwdHh8gISIjB'
const ofGreet = { job: 'greet', version: 1, id: 'job-1' }

/** Texts whose seals have a bond. */
export const boundGoldens: readonly SealedGolden[] = (['sign', 'encrypt'] as const).flatMap((mode) =>
  (
    [
      ['payload', { kind: 'payload', ...ofGreet, bond: { for: token } }],
      ['result', { kind: 'result', ...ofGreet, bond: { for: token } }],
      ['progress', { kind: 'progress', ...ofGreet, bond: { for: token } }],
      ['error', { kind: 'error', ...ofGreet, bond: { for: token } }],
      ['result of a child', { kind: 'result', ...ofGreet, bond: { for: token, parent } }],
      ['payload of a deduplicated job', { kind: 'payload', ...ofGreet, bond: { for: token, deduplication: parent } }],
      [
        'payload with all members',
        { kind: 'payload', ...ofGreet, bond: { for: token, parent, deduplication: parent } },
      ],
    ] satisfies [string, Place][]
  ).flatMap(([name, place]) =>
    [false, true].map((compressed) => ({
      ...{ name: `bound, ${mode}${compressed ? ', compressed' : ''}: ${name}`, at: queue },
      value: compressed ? long : () => ({ text: 'Hi John', at: new Date(0) }),
      ...{ place, mode, compressed },
    })),
  ),
)

export const sealedGoldens: readonly SealedGolden[] = [undefined, 'sign' as const, 'encrypt' as const].flatMap((mode) =>
  cases.flatMap((one) =>
    [false, true]
      .filter((compressed) => (compressed ? one.value === long : mode !== undefined))
      .map((compressed) => ({
        ...one,
        ...{ mode, compressed, name: `${mode ?? 'unsealed'}${compressed ? ', compressed' : ''}: ${one.name}` },
      })),
  ),
)

export function openGolden({ mode, at, place }: SealedGolden, text: string) {
  const keys = mode && defineKeys({ mode, secrets })
  return createEnvelopeCodec({ models: fixtureModels, keys }, at).decode(text, place)
}

export const sealedGoldenTexts = () => textsOf(sealedGoldens)

export const boundGoldenTexts = () => textsOf(boundGoldens)

function textsOf(goldens: readonly SealedGolden[]): { name: string; text: string }[] {
  return goldens.map(({ name, mode, at, place, compressed, value }) => {
    const { encoding, body } = JSON.parse(createEnvelopeCodec({ models: fixtureModels }).encode(value(), place))
    const written = JSON.stringify(body)
    const bytes = compressed ? compressBody(written, { aboveBytes: 0 }) : undefined
    const head = writeHead(place, { encoding, compressed: bytes !== undefined })
    if (mode === undefined) return { name, text: writeEnvelope(head, bytes ?? written) }
    const sealer = createSealer({ keyring: defineKeys({ mode, secrets }), site: at, nonce: () => nonce })
    return { name, text: sealer.seal(head, bytes ?? written, place) }
  })
}
