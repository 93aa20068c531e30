import { randomBytes } from 'node:crypto'
import { nonceBytes } from './xaes.ts'

const drawnAtOnce = 128
// The second half of a nonce: the first derives the key, and texts that share a key are faster.
const timeAt = 12

/** Where nonces come from. Both are replaced in tests alone. */
export interface NonceSources {
  draw?: (bytes: number) => Buffer
  /** Nanoseconds since any moment. */
  time?: () => bigint
}

/**
 * What gives nonces, each once: random ones, of each of which 128 are made that differ in the last byte's lower bits. So a
 * key serves that many texts, and neither the system is asked nor a key derived for each. No two draws give the same nonce,
 * unless 185 of their random bits are the same.
 *
 * When a virtual machine is restored twice from one snapshot, both copies have the same draw, and OpenSSL's generator, which is part of
 * the process, gives both the same draws after it. Nothing in a process can notice that: also its clocks go on from the snapshot, until
 * somebody sets them. So each nonce has the time in it, to the nanosecond, and two copies would have to seal their texts of the same
 * number in the same nanosecond. It is no clock of the codec's: no text depends on what time it is.
 */
export function createNonces({
  draw = randomBytes,
  time = process.hrtime.bigint,
}: NonceSources = {}): () => Uint8Array {
  let drawn: Buffer = Buffer.alloc(nonceBytes)
  let left = 0
  return () => {
    if (left === 0) {
      drawn = draw(nonceBytes)
      left = drawnAtOnce
    }
    left -= 1
    const nonce = Buffer.from(drawn)
    nonce.writeBigUInt64LE(BigInt.asUintN(64, drawn.readBigUInt64LE(timeAt) ^ time()), timeAt)
    nonce[nonceBytes - 1] = (drawn[nonceBytes - 1] ?? 0) ^ left
    return nonce
  }
}
