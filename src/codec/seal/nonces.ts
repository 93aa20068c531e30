import { randomBytes } from 'node:crypto'
import { nonceBytes } from './xaes.ts'

const drawnAtOnce = 128

/**
 * What gives nonces, each once: random ones, of each of which 128 are made that differ in the last byte's lower bits alone. So a
 * key serves that many texts, and neither the system is asked nor a key derived for each. No two draws give the same nonce,
 * unless 185 of their random bits are the same.
 */
export function createNonces(): () => Uint8Array {
  let drawn = new Uint8Array()
  let left = 0
  return () => {
    if (left === 0) {
      drawn = randomBytes(nonceBytes)
      left = drawnAtOnce
    }
    left -= 1
    const nonce = Uint8Array.prototype.slice.call(drawn)
    nonce[nonceBytes - 1] = (drawn[nonceBytes - 1] ?? 0) ^ left
    return nonce
  }
}
