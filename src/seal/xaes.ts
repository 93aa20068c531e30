import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'

/**
 * XAES-256-GCM (https://c2sp.org/XAES-256-GCM): AES-256-GCM with a key that is derived from the first half of a nonce of 24
 * bytes by two blocks of AES.
 *
 * AES-GCM alone has 12 bytes of nonce, and with random ones a key must be changed before it has sealed 2^32 texts, which a
 * busy queue does in days; after that two texts may share one, and then anybody can forge. Of 24 bytes 2^80 can be drawn.
 */
export interface Xaes {
  encrypt(plain: Uint8Array, nonce: Uint8Array, context: string): { sealed: Buffer; tag: Buffer }
  /** Undefined when the tag does not hold. */
  decrypt(sealed: Uint8Array, nonce: Uint8Array, tag: Uint8Array, context: string): Buffer | undefined
}

export const nonceBytes = 24
const tagBytes = 16

const block = 16
const half = 12

/** Encrypts and decrypts with a key of 32 bytes. */
export function createXaes(key: Uint8Array | KeyObject): Xaes {
  // One block at a time and nothing repeated: this is the block cipher itself, as CMAC has it, and no mode for texts.
  const aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
  const mask = doubled(aes.update(Buffer.alloc(block)))

  function derive(nonce: Uint8Array): Buffer {
    const blocks = Buffer.alloc(2 * block)
    for (const counter of [1, 2]) {
      const at = (counter - 1) * block
      blocks.set([0, counter, 0x58, 0], at)
      blocks.set(nonce.subarray(0, half), at + block - half)
      for (let index = 0; index < block; index++) blocks[at + index] = (blocks[at + index] ?? 0) ^ (mask[index] ?? 0)
    }
    return aes.update(blocks)
  }

  /** Derives keys, and keeps the last one: many nonces in a row may begin alike. */
  function deriver(): (nonce: Uint8Array) => Buffer {
    const last = Buffer.alloc(half)
    let key: Buffer | undefined
    return (nonce) => {
      if (nonce.length !== nonceBytes) throw new RangeError('the nonce must have 24 bytes')
      if (key !== undefined && last.compare(nonce, 0, half) === 0) return key
      last.set(nonce.subarray(0, half))
      key = derive(nonce)
      return key
    }
  }

  // One for each way: a worker opens payloads in turns with sealing results.
  const [sealing, opening] = [deriver(), deriver()]

  return {
    encrypt(plain, nonce, context) {
      const cipher = createCipheriv('aes-256-gcm', sealing(nonce), nonce.subarray(half), { authTagLength: tagBytes })
      cipher.setAAD(Buffer.from(context))
      const sealed = cipher.update(plain)
      cipher.final()
      return { sealed, tag: cipher.getAuthTag() }
    },
    decrypt(sealed, nonce, tag, context) {
      // Else Node would take tags of 4 bytes, which can be guessed.
      if (tag.length !== tagBytes) return undefined
      const decipher = createDecipheriv('aes-256-gcm', opening(nonce), nonce.subarray(half), {
        authTagLength: tagBytes,
      })
      decipher.setAAD(Buffer.from(context)).setAuthTag(tag)
      const plain = decipher.update(sealed)
      try {
        decipher.final()
      } catch {
        return undefined
      }
      return plain
    },
  }
}

/** Doubled in GF(2^128), as CMAC derives its first subkey. */
function doubled(bytes: Uint8Array): Buffer {
  const result = Buffer.alloc(block)
  for (let index = 0; index < block; index++) {
    result[index] = (((bytes[index] ?? 0) << 1) | ((bytes[index + 1] ?? 0) >> 7)) & 0xff
  }
  if ((bytes[0] ?? 0) & 0x80) result[block - 1] = (result[block - 1] ?? 0) ^ 0x87
  return result
}
