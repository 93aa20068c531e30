import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import { codeOf, keysFor, payload, sealedCodec, secrets } from './sealed-codec.ts'

const value = { person: 'John', at: new Date(0), note: 'ü€𝄞' }
const modes = ['sign', 'encrypt'] as const

describe('a text without a seal', () => {
  const plain = createEnvelopeCodec().encode(value, payload)
  const spaced = plain.replace('{', '{ ')
  const bad = ['', 'x', '{', '[]', 'null', '{"brine":1}', spaced, plain.replace('"kind"', '"seal":["sign"],"kind"')]

  test.each(modes)('is refused by a reader of mode %s, and not parsed', (mode) => {
    for (const text of [plain, ...bad]) {
      expect(['SEAL_MISSING', 'SEAL_INVALID']).toContain(codeOf(() => sealedCodec(keysFor(mode)).decode(text, payload)))
    }
  })

  test('is taken where the reader says so, and no longer than it says', () => {
    let now = 999
    const keys = keysFor('encrypt', { accept: 'unsealed', acceptUntil: new Date(1_000) })
    const reader = sealedCodec(keys, { now: () => now })
    expect(reader.decode(plain, payload).value).toEqual(value)
    expect(codeOf(() => reader.decode(plain, { ...payload, job: 'other' }))).toBe('TEXT_INVALID')
    for (const text of bad.filter((one) => one !== spaced))
      expect(['TEXT_INVALID', 'SEAL_INVALID', 'ENCODING_UNKNOWN']).toContain(codeOf(() => reader.decode(text, payload)))
    now = 1_000
    expect(codeOf(() => reader.decode(plain, payload))).toBe('SEAL_MISSING')
    expect(sealedCodec(keysFor('sign', { accept: 'unsealed' })).decode(plain, payload).value).toEqual(value)
    const sealed = reader.encode(value, payload)
    expect(sealed).toContain('"seal":["encrypt"')
  })

  test('is taken until a date by a codec alone, which is told the time', () => {
    const keys = { ...(keysFor('sign') as object), secrets, accept: 'unsealed', acceptUntil: new Date(1_000) } as const
    expect(codeOf(() => createCodec({ keys }))).toBe('KEYS_INVALID')
    let now = 0
    const codec = createCodec({ keys: { ...keys, clock: () => new Date(now) } })
    const text = createCodec().encode(7)
    expect(codec.decode(text)).toBe(7)
    now = 2_000
    expect(codeOf(() => codec.decode(text))).toBe('SEAL_MISSING')
  })
})
