import crypto, { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'

/** HMAC-SHA256 with one key. */
export interface Signer {
  /** Of a text, in base64url: 43 characters. */
  sign(text: string): string
  /** Whether a signature is the one of this text. */
  verify(text: string, signature: string): boolean
}

const blockBytes = 64
const digestBytes = 32
const shortBytes = 65_536

/** Signs and verifies with a key of at most 64 bytes. */
export function createSigner(key: Uint8Array): Signer {
  const sign = createSign(key)
  return {
    sign,
    verify(text, signature) {
      const [given, right] = [Buffer.from(signature), Buffer.from(sign(text))]
      return given.length === right.length && timingSafeEqual(given, right)
    },
  }
}

/**
 * Node's `createHmac` makes an object for each text, and takes more than twice as long for a short one as its digests in one
 * call, which are there from Node 20.12 on. With them HMAC is written out, as RFC 2104 defines it. Long texts, where an object
 * does not count, go the usual way.
 */
function createSign(key: Uint8Array): (text: string) => string {
  const secret = createSecretKey(key)
  const usual = (text: string) => createHmac('sha256', secret).update(text).digest('base64url')
  const digest: typeof crypto.hash | undefined = crypto.hash
  if (digest === undefined || key.length > blockBytes) return usual
  const outer = padded(key, 0x5c, digestBytes)
  let inner = padded(key, 0x36, 4_096)
  return (text) => {
    const mostBytes = text.length * 3
    if (mostBytes > shortBytes) return usual(text)
    if (blockBytes + mostBytes > inner.length) inner = padded(key, 0x36, shortBytes)
    const length = blockBytes + inner.write(text, blockBytes)
    // As text, a byte a character: a Buffer takes longer to make than the digest.
    outer.write(digest('sha256', inner.subarray(0, length), 'binary'), blockBytes, 'latin1')
    return digest('sha256', outer, 'base64url')
  }
}

/** The block that begins what is hashed, with room for the rest. */
function padded(key: Uint8Array, pad: number, room: number): Buffer {
  const bytes = Buffer.alloc(blockBytes + room)
  for (let at = 0; at < blockBytes; at++) bytes[at] = (key[at] ?? 0) ^ pad
  return bytes
}
