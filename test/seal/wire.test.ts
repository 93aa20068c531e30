import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { boundGoldens, openGolden, sealedGoldens } from '../codec/sealed-golden-texts.ts'

// Another reader, made of what docs/wire.md says and of nothing else.
const secret = Buffer.from('brine golden key, never used else'.slice(0, 32))
const netstrings = (...texts: string[]) => texts.map((text) => `${Buffer.byteLength(text)}:${text},`).join('')

interface Expected {
  purpose: string
  prefix: string
  queue: string
  kind: string
  job?: string | undefined
  id?: string | undefined
}

function bodyOf(text: string, { purpose, prefix, queue, kind, job = '', id = '' }: Expected): unknown {
  const [start = '', mode = '', keyId = '', first, second, bond] =
    /^\{"brine":1,"seal":\["(\w+)","([\w.-]+)","([\w-]+)"(?:,"([\w-]+)")?(?:,(\{[^{}]+\}))?\],/.exec(text) ?? []
  const parts = [first, second]
  const bound = bond === undefined ? '' : netstrings(bond)
  const context = netstrings('brine seal', '1', mode, keyId, purpose, prefix, queue, kind, job, id) + bound
  const info = netstrings('brine seal key', '1', mode, purpose, prefix, queue)
  const key = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, 32))
  const rest = text.slice(start.length)
  if (mode === 'sign') {
    expect(createHmac('sha256', key).update(`${context}${rest}`).digest('base64url')).toBe(parts[0])
    const { body, compress } = JSON.parse(`{${rest}`)
    return compress ? JSON.parse(inflateRawSync(Buffer.from(body, 'base64url')).toString()) : body
  }
  const [nonce, tag] = parts.map((part) => Buffer.from(part ?? '', 'base64url'))
  if (!nonce || !tag) throw new Error('no nonce')
  const [, head = '', sealed = ''] = /^(.*"body":)"([\w-]*)"\}$/s.exec(rest) ?? []
  const decipher = createDecipheriv('aes-256-gcm', xaesKey(key, nonce.subarray(0, 12)), nonce.subarray(12))
  decipher.setAAD(Buffer.from(context + head)).setAuthTag(tag)
  const plain = Buffer.concat([decipher.update(Buffer.from(sealed, 'base64url')), decipher.final()])
  return JSON.parse((head.includes('"compress"') ? inflateRawSync(plain) : plain).toString())
}

/** The derivation of XAES-256-GCM, by big integers. */
function xaesKey(key: Buffer, nonce: Buffer): Buffer {
  const aes = (block: bigint) => {
    const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
    return cipher.update(Buffer.from(block.toString(16).padStart(32, '0'), 'hex'))
  }
  const l = BigInt(`0x${aes(0n).toString('hex')}`) << 1n
  const mask = (l & ((1n << 128n) - 1n)) ^ (l >> 128n ? 0x87n : 0n)
  const blocks = [1n, 2n].map((count) => (count << 112n) | (0x58n << 104n) | BigInt(`0x${nonce.toString('hex')}`))
  return Buffer.concat(blocks.map((block) => aes(block ^ mask)))
}

const read = (name: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8'))
const texts = { ...read('envelope-1.sealed.json'), ...read('envelope-1.bound.json') }
const rows = [...sealedGoldens, ...boundGoldens]
  .filter(({ mode }) => mode !== undefined)
  .map((golden) => [golden.name, golden] as const)

test.each(rows)('opens by what docs/wire.md says: %s', (name, golden) => {
  const { at, place } = golden
  const body = bodyOf(texts[name] ?? '', { ...at, ...place })
  // The body in an envelope of its own.
  const header = { brine: 1, kind: place.kind, ...(place.job && { job: place.job, version: place.version }) }
  const plain = JSON.stringify({ ...header, encoding: 'devalue/6', body })
  const { value, version } = openGolden(golden, texts[name] ?? '')
  expect(openGolden({ ...golden, mode: undefined }, plain)).toEqual({ value, version })
})
