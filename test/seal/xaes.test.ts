import { describe, expect, test } from 'vitest'
import { createNonces } from '../../src/seal/nonces.ts'
import { createXaes } from '../../src/seal/xaes.ts'

const nonce = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX')
const plain = Buffer.from('XAES-256-GCM')

// https://c2sp.org/XAES-256-GCM#test-vectors
const vectors: [key: number, context: string, sealed: string][] = [
  [1, '', 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271'],
  [3, 'c2sp.org/XAES-256-GCM', '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d'],
]

describe('XAES-256-GCM', () => {
  test.each(vectors)('is that of its specification, with a key of bytes %i', (key, context, expected) => {
    const xaes = createXaes(new Uint8Array(32).fill(key))
    const { sealed, tag } = xaes.encrypt(plain, nonce, context)
    expect(Buffer.concat([sealed, tag]).toString('hex')).toBe(expected)
    expect(xaes.decrypt(sealed, nonce, tag, context)).toEqual(plain)
  })

  test('takes tags of 16 bytes and no others', () => {
    const xaes = createXaes(new Uint8Array(32))
    const { sealed, tag } = xaes.encrypt(plain, nonce, '')
    for (const bytes of [0, 4, 8, 12, 13, 14, 15]) {
      expect(xaes.decrypt(sealed, nonce, tag.subarray(0, bytes), ''), `${bytes} bytes`).toBeUndefined()
    }
  })

  test('derives its keys from the first half of the nonce, and seals with the second', () => {
    const xaes = createXaes(new Uint8Array(32))
    const texts = [0, 11, 12, 23].map((at) => {
      const other = Buffer.from(nonce)
      other[at] = 0
      return xaes.encrypt(plain, other, '').sealed.toString('hex')
    })
    expect(new Set([...texts, xaes.encrypt(plain, nonce, '').sealed.toString('hex')]).size).toBe(5)
  })

  test('opens what was sealed with nonces of several draws, in any order', () => {
    const xaes = createXaes(new Uint8Array(32))
    const draws = [createNonces(), createNonces()]
    const texts = [0, 1, 0, 0, 1, 1, 0].map((draw, index) => {
      const given = draws[draw]?.() ?? new Uint8Array()
      return { given, plain: Buffer.from(`${index}`), ...xaes.encrypt(Buffer.from(`${index}`), given, '') }
    })
    const other = createXaes(new Uint8Array(32))
    for (const { given, plain, sealed, tag } of texts.reverse()) {
      expect(other.decrypt(sealed, given, tag, '')).toEqual(plain)
    }
  })

  test('is given no nonce twice, and a key for 128 texts', () => {
    const nonce = createNonces()
    const given = Array.from({ length: 1_000 }, () => Buffer.from(nonce()).toString('hex'))
    expect(new Set(given).size).toBe(1_000)
    expect(new Set(given.map((hex) => hex.length))).toEqual(new Set([48]))
    expect(new Set(given.map((hex) => hex.slice(0, 24))).size).toBe(Math.ceil(1_000 / 128))
  })

  test('is given no nonce twice by two copies of one process, whose draws are the same', () => {
    const draw = (bytes: number) => Buffer.alloc(bytes, 7)
    // As after a snapshot was restored twice: the clocks go on from one moment, and the copies run at different speeds.
    const copies = [3n, 7n].map((stepNs) => {
      let now = 0n
      return createNonces({ draw, time: () => (now += stepNs) })
    })
    const given = copies.flatMap((nonce) => Array.from({ length: 128 }, () => Buffer.from(nonce()).toString('hex')))
    expect(new Set(given).size).toBe(2 * 128)
  })

  test('is given no nonce twice by one draw, whatever the clock says', () => {
    const draw = (bytes: number) => Buffer.alloc(bytes, 7)
    for (const time of [0n, -1n, 2n ** 64n - 1n, 2n ** 80n]) {
      const nonce = createNonces({ draw, time: () => time })
      expect(new Set(Array.from({ length: 128 }, () => Buffer.from(nonce()).toString('hex'))).size).toBe(128)
    }
  })
})
