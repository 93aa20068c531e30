import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import { jobInText } from '../../src/codec/job-in-text.ts'
import { readHead } from '../../src/codec/text-head.ts'
import type { Bond } from '../../src/seal/bond.ts'
import { codeOf, codesOfFlippedBits, keysFor, modes, payload, sealedCodec, value } from './sealed-codec.ts'

describe.each(modes)('a text with a bond, of mode %s', (mode) => {
  const codec = sealedCodec(keysFor(mode))
  const bond = { for: 'token-1', parent: 'token-0' }
  const text = codec.encode(value, { ...payload, bond })

  test('shows what it is bound to, in the clear', () => {
    expect(codec.decode(text, payload)).toEqual({ version: 1, value, bond })
    expect(codec.checkSeal(text, payload)).toEqual(bond)
    expect(JSON.parse(text).seal.at(-1)).toEqual(bond)
    expect(JSON.stringify(JSON.parse(text))).toBe(text)
    expect(readHead(text)).toMatchObject({ seal: mode, key: 'k1', kind: 'payload', job: 'greet' })
    expect(jobInText(text)).toBe('greet')
  })

  test('opens where any of its members is expected, and nowhere else', () => {
    const accepted: Bond[] = [{}, { for: 'token-1' }, { parent: 'token-0' }, bond]
    for (const expected of accepted) {
      expect(codec.decode(text, { ...payload, bond: expected })).toMatchObject({ value, bond })
    }
    const refused: Bond[] = [
      ...[{ for: 'token-2' }, { parent: 'token-1' }, { ...bond, for: 'token-0' }],
      ...[{ ...bond, deduplication: 'other' }, { deduplication: 'token-1' }],
    ]
    for (const expected of refused) {
      expect(codeOf(() => codec.decode(text, { ...payload, bond: expected }))).toBe('SEAL_INVALID')
    }
  })

  test('is refused with its bond changed, dropped, put on or in another order', () => {
    const written = JSON.stringify(bond)
    const plain = codec.encode(value, payload)
    const changed = [
      text.replace(`,${written}]`, ']'),
      text.replace('token-1', 'token-2'),
      text.replace(written, '{"parent":"token-0","for":"token-1"}'),
      text.replace(written, '{"for":"token-1"}'),
      text.replace(written, '{}'),
      plain.replace('"],"kind"', `",${written}],"kind"`),
    ]
    for (const one of changed) {
      expect(one).not.toBe(text)
      expect(one).not.toBe(plain)
      expect(codeOf(() => codec.decode(one, payload))).toBe('SEAL_INVALID')
    }
  })

  test('is refused with any one bit of it changed', () => {
    const decode = (changed: string) => codec.decode(changed, payload)
    expect(codesOfFlippedBits(text, decode, text.indexOf('"kind"'))).toEqual([
      'KEY_UNKNOWN',
      'SEAL_INVALID',
      'SEAL_MISSING',
    ])
  })

  test('is refused for a member of a newer build only after its seal was verified', () => {
    const newer = codec.encode(value, { ...payload, bond: { ...bond, for: 'x"}' } })
    expect(codeOf(() => codec.decode(newer, payload))).toBe('SEAL_INVALID')
    const unknown = codec.encode(value, { ...payload, bond: { for: 'a.b' } })
    expect(codeOf(() => codec.decode(unknown, payload))).toBe('ENCODING_UNKNOWN')
    expect(codeOf(() => codec.decode(unknown.replace('a.b', 'a.c'), payload))).toBe('SEAL_INVALID')
  })

  test('is expected also where texts without a seal are accepted', () => {
    const accepting = sealedCodec(keysFor(mode, { accept: 'unsealed' }))
    const plain = createEnvelopeCodec().encode(value, payload)
    expect(accepting.decode(plain, payload).value).toEqual(value)
    expect(codeOf(() => accepting.decode(plain, { ...payload, bond }))).toBe('SEAL_INVALID')
    expect(codeOf(() => accepting.decode(codec.encode(value, payload), { ...payload, bond }))).toBe('SEAL_INVALID')
  })

  test('is the same for any bond, and no other’s', () => {
    const token = fc.stringMatching(/^[\w-]{1,64}$/)
    const bonds = fc.record({ for: token, parent: token, deduplication: token }, { requiredKeys: [] })
    fc.assert(
      fc.property(bonds, bonds, (one, other) => {
        const sealed = codec.encode(1, { ...payload, bond: one })
        expect(codec.decode(sealed, payload).bond).toEqual(one)
        const holds = Object.entries(other).every(([name, member]) => Reflect.get(one, name) === member)
        const code = codeOf(() => codec.decode(sealed, { ...payload, bond: other }))
        expect(code).toBe(holds ? undefined : 'SEAL_INVALID')
      }),
    )
  })
})
