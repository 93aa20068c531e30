import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { defineKeys, keysOf } from '../../src/seal/define-keys.ts'
import { newKey } from '../../src/seal/new-key.ts'
import { untyped } from '../untyped.ts'
import { codeOf } from './sealed-codec.ts'

const one = Buffer.alloc(32, 1)
const two = Buffer.alloc(32, 2)
const k1 = `k1=${one.toString('base64url')}`
const k2 = `k2=${two.toString('base64url')}`

describe('keys', () => {
  const rows: [name: string, keys: unknown, expected: object][] = [
    ['one, as a text', k1, { mode: 'sign', active: 'k1', ids: ['k1'] }],
    ['of a text, the first being active', `encrypt:${k2},${k1}`, { mode: 'encrypt', active: 'k2', ids: ['k2', 'k1'] }],
    ['of a text with blanks and a line feed', ` sign: ${k2} , ${k1}\n`, { mode: 'sign', active: 'k2' }],
    ['in standard base64', `k1=${Buffer.alloc(32, 0xfb).toString('base64')}`, { active: 'k1' }],
    ['what newKey gives', newKey({ id: 'k9', mode: 'encrypt' }), { mode: 'encrypt', active: 'k9' }],
    ['bytes by ids', { mode: 'encrypt', active: 'b', secrets: { a: one, b: two } }, { mode: 'encrypt', active: 'b' }],
    ['a single one, which is active', { secrets: { a: one } }, { mode: 'sign', active: 'a' }],
    ['a text among options', { secrets: `encrypt:${k1}`, accept: 'unsealed' }, { mode: 'encrypt', active: 'k1' }],
    ['whose active one is not the first', { secrets: `${k1},${k2}`, active: 'k2' }, { active: 'k2' }],
  ]
  test.each(rows)('are taken: %s', (_, keys, expected) => {
    expect(untyped(defineKeys)(keys)).toMatchObject(expected)
  })

  const date = new Date()
  const refused: [name: string, keys: unknown, path: string][] = [
    ['undefined, as a variable that is not set', undefined, 'keys'],
    ['empty', '', 'keys'],
    ['null', null, 'keys'],
    ['a number', 7, 'keys'],
    ['a text that is no key', 'secret', 'keys'],
    ['an empty list', {}, 'keys.secrets'],
    ['a variable among options that is not set', { secrets: undefined }, 'keys.secrets'],
    ['no keys by ids', { secrets: {} }, 'keys.secrets'],
    ['a mode and nothing else', 'sign:', 'keys'],
    ['an unknown mode', `md5:${k1}`, 'keys.secrets'],
    ['a mode that the text contradicts', { mode: 'sign', secrets: `encrypt:${k1}` }, 'keys.mode'],
    ['an odd mode', { mode: 'none', secrets: { k1: one } }, 'keys.mode'],
    ['31 bytes', { secrets: { k1: one.subarray(1) } }, 'keys.secrets.k1'],
    ['33 bytes', `k1=${Buffer.alloc(33).toString('base64url')}`, 'keys.secrets.k1'],
    ['an empty key', 'k1=', 'keys.secrets.k1'],
    ['stray bits', `k1=${one.toString('base64url').slice(0, -1)}F`, 'keys.secrets.k1'],
    ['a stray character', `k1=${one.toString('base64url')}!`, 'keys.secrets.k1'],
    ['an id that a text could not hold', { secrets: { 'k"1': one } }, 'keys.secrets'],
    ['an id of 33 characters', { secrets: { ['k'.repeat(33)]: one } }, 'keys.secrets'],
    ['an id twice', `${k1},${k1}`, 'keys.secrets.k1'],
    ['a key twice', { active: 'a', secrets: { a: one, b: one } }, 'keys.secrets.b'],
    ['no active one of several', { secrets: { a: one, b: two } }, 'keys.active'],
    ['an active one that is not there', { active: 'c', secrets: { a: one, b: two } }, 'keys.active'],
    ['an option that is none', { secrets: { a: one }, retired: [] }, 'keys.retired'],
    ['accepting what there is not', { secrets: { a: one }, accept: 'json' }, 'keys.accept'],
    ['an end that is no date', { secrets: { a: one }, accept: 'unsealed', acceptUntil: '2027' }, 'keys.acceptUntil'],
    ['an end of nothing', { secrets: { a: one }, acceptUntil: date }, 'keys.acceptUntil'],
  ]
  test.each(refused)('are refused: %s', (_, keys, path) => {
    expect(() => untyped(defineKeys)(keys)).toThrow(expect.objectContaining({ code: 'KEYS_INVALID', path }))
  })

  test('are none when the option is not there, and refused when it is there without a value', () => {
    expect(keysOf({})).toBeUndefined()
    expect(codeOf(() => keysOf({ keys: undefined }))).toBe('KEYS_INVALID')
    expect(codeOf(() => createCodec({ keys: process.env['NO_SUCH_VARIABLE'] }))).toBe('KEYS_INVALID')
  })

  test('stand in no message, and in nothing that is printed', () => {
    const secret = two.toString('base64url')
    for (const keys of [`k1=${secret}x`, `${secret}`, `k 1=${secret}`, { secrets: { k1: secret, [secret]: 'x' } }]) {
      try {
        untyped(defineKeys)(keys)
      } catch (error) {
        expect(`${error}${inspect(error)}`).not.toContain(secret)
        continue
      }
      throw new Error('taken')
    }
    const ring = defineKeys(k2)
    const printed = `${inspect(ring, { depth: 9, showHidden: true })}${JSON.stringify(ring)}`
    for (const form of [secret, two.toString('hex'), '2, 2, 2', '02 02', '2,2,2']) expect(printed).not.toContain(form)
  })

  test('are copies: what becomes of the bytes that were given changes nothing', () => {
    const bytes = Buffer.alloc(32, 5)
    const codec = createCodec({ keys: { secrets: { a: bytes } } })
    const text = codec.encode(1)
    bytes.fill(0)
    expect(createCodec({ keys: { secrets: { a: Buffer.alloc(32, 5) } } }).decode(text)).toBe(1)
  })

  test('made new are never the same', () => {
    expect(new Set(Array.from({ length: 50 }, () => newKey())).size).toBe(50)
    expect(newKey()).toMatch(/^sign:k[0-9a-f]{6}=[\w-]{43}$/)
    for (const options of [{ id: 'a b' }, { id: '' }, { id: 'a'.repeat(33) }, { id: 'a,b' }, { mode: 'seal' }]) {
      expect(
        codeOf(() => untyped(newKey)(options)),
        JSON.stringify(options),
      ).toBe('KEYS_INVALID')
    }
  })
})
