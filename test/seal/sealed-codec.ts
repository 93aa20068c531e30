import type { Place } from '../../src/codec/envelope.ts'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import type { SealSurroundings } from '../../src/codec/seals.ts'
import type { Compression } from '../../src/seal/compress.ts'
import { defineKeys, type Keys } from '../../src/seal/define-keys.ts'
import type { SealMode } from '../../src/seal/keyring.ts'

/** Keys that nobody has to guess. */
export const secrets = { k1: new Uint8Array(32).fill(1), k2: new Uint8Array(32).fill(2) }

export const keysFor = (mode: SealMode, more: object = {}): Keys => ({ mode, active: 'k1', secrets, ...more })

export const modes = ['sign', 'encrypt'] as const

export const value = { person: 'John', at: new Date(0), note: 'ü€𝄞' }

export const here: SealSurroundings = { purpose: 'queue', prefix: 'bull', queue: 'people' }

export const payload: Place = { kind: 'payload', job: 'greet', version: 1, id: 'job-1' }

export function sealedCodec(keys: Keys, at: Partial<SealSurroundings> = {}, compress?: Compression) {
  return createEnvelopeCodec({ keys: defineKeys(keys), compress }, { ...here, ...at })
}

/** The code of what is thrown; undefined when nothing is. */
export function codeOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error instanceof Error ? (Reflect.get(error, 'code') ?? String(error)) : error
  }
  return undefined
}

/** The codes that `decode` throws for a text with one bit changed, for each bit of its first bytes: by default of all. */
export function codesOfFlippedBits(
  text: string,
  decode: (changed: string) => unknown,
  length = Buffer.byteLength(text),
): unknown[] {
  const codes = new Set<unknown>()
  for (let bit = 0; bit < length * 8; bit++) {
    const bytes = Buffer.from(text)
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    // Bytes that are no longer UTF-8 become another text, as for any reader.
    codes.add(codeOf(() => decode(bytes.toString())))
  }
  return [...codes].sort()
}
