import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { codeOf, keysFor } from '../seal/sealed-codec.ts'

const long = 'pickled '.repeat(2_000)
const compress = { aboveBytes: 1_000 }
const kinds = [
  ['unsealed', {}],
  ['signed', { keys: keysFor('sign') }],
  ['encrypted', { keys: keysFor('encrypt') }],
] as const

describe.each(kinds)('a large text, %s', (_, options) => {
  const codec = createCodec({ ...options, compress })

  test('is compressed, and comes back, also to a reader that compresses nothing', () => {
    const text = codec.encode(long)
    expect(text.length).toBeLessThan(1_000)
    expect(JSON.parse(text)).toMatchObject({ compress: 'deflate-raw', body: expect.any(String) })
    expect(codec.decode(text)).toBe(long)
    expect(createCodec(options).decode(text)).toBe(long)
    expect(JSON.stringify(JSON.parse(text))).toBe(text)
  })

  test('is not compressed by default, nor when it is small or would grow', () => {
    expect(createCodec(options).encode(long).length).toBeGreaterThan(long.length)
    expect(codec.encode('x'.repeat(900))).not.toContain('"compress"')
    const noise = Array.from({ length: 600 }, (_, index) => Math.sin(index)).join('')
    expect(codec.decode(codec.encode(noise))).toBe(noise)
  })

  test('grows to no more than the reader allows', () => {
    const small = createCodec({ ...options, limits: { maxBytes: long.length - 100 } })
    expect(() => small.decode(codec.encode(long))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', path: '$' }),
    )
    const bomb = createCodec({ ...options, compress, limits: { maxBytes: 50_000_000 } }).encode('0'.repeat(40_000_000))
    expect(bomb.length).toBeLessThan(300_000)
    expect(codeOf(() => codec.decode(bomb))).toBe('LIMIT_EXCEEDED')
  })
})

describe('a compressed body that is none', () => {
  const body = deflateRawSync('[1]')
  const envelope = (text: unknown, name: unknown = 'deflate-raw') =>
    JSON.stringify({ brine: 1, kind: 'value', encoding: 'devalue/6', compress: name, body: text })
  const rows: [name: string, text: string, code: string][] = [
    ['no text', envelope([1]), 'TEXT_INVALID'],
    ['no base64url', envelope('*'), 'TEXT_INVALID'],
    ['padding', envelope(`${body.toString('base64url')}=`), 'TEXT_INVALID'],
    ['empty', envelope(''), 'TEXT_INVALID'],
    ['cut off', envelope(body.subarray(0, -2).toString('base64url')), 'TEXT_INVALID'],
    [
      'something behind its end',
      envelope(Buffer.concat([body, Buffer.from('x')]).toString('base64url')),
      'TEXT_INVALID',
    ],
    ['no UTF-8', envelope(deflateRawSync(Buffer.from([0x22, 0xff, 0x22])).toString('base64url')), 'TEXT_INVALID'],
    ['no JSON', envelope(deflateRawSync('[1').toString('base64url')), 'TEXT_INVALID'],
    ['no text in quotes', envelope(body.toString('base64url')).replace('"body":"', '"body":['), 'TEXT_INVALID'],
    ['a hostile body', envelope(deflateRawSync('[[9]]').toString('base64url')), 'TEXT_INVALID'],
    ['another algorithm', envelope(body.toString('base64url'), 'zstd'), 'ENCODING_UNKNOWN'],
    ['no algorithm', envelope(body.toString('base64url'), 7), 'TEXT_INVALID'],
  ]
  test.each(rows)('is refused: %s', (_, text, code) => {
    expect(codeOf(() => createCodec().decode(text))).toBe(code)
  })

  test('is taken when it is right', () => {
    expect(createCodec().decode(envelope(body.toString('base64url')))).toBe(1)
  })
})

test.each([{ aboveBytes: -1 }, { aboveBytes: 1.5 }, {}, 5, null])('refuses the option %o', (given) => {
  expect(codeOf(() => createCodec({ compress: given as never }))).toBe('OPTIONS_INVALID')
})
