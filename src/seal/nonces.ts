import { randomBytes } from 'node:crypto'
import { nonceBytes } from './xaes.ts'

const drawnAtOnce = 128
// The second half of a nonce: the first derives the key, and texts that share a key are faster.
const timeAt = 12

/** Where nonces come from. Only tests replace these. */
export interface NonceSources {
  draw?: (bytes: number) => Buffer
  /** Nanoseconds since any moment. */
  time?: () => bigint
}

/**
 * Returns a function that gives each nonce once. It makes 128 nonces of each random draw, which differ in the lower bits of their
 * last byte: one call to the system and one derived key serve 128 texts. Two draws give the same nonce only when 185 of their random
 * bits are equal.
 *
 * When a virtual machine is restored twice from one snapshot, both copies have the same draw, and the same draws after it, because
 * the state of OpenSSL's generator belongs to the process. A process cannot notice that: its clocks go on from the snapshot, too,
 * until the system sets them. So each nonce holds the time, to the nanosecond. Two copies give the same nonce only when each makes its
 * n-th nonce of a draw in the same nanosecond. Nothing is decided by that time.
 */
export function createNonces({ draw = randomBytes, time = process.hrtime.bigint }: NonceSources = {}): () => Buffer {
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
