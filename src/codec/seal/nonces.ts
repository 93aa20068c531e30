import { randomBytes } from 'node:crypto'
import { nonceBytes } from './xaes.ts'

const drawnAtOnce = 128

/** What draws nonces, each of which is given once. Many are drawn together: asking the system costs more than encrypting a small text. */
export function createNonces(): () => Uint8Array {
  let pool = new Uint8Array()
  let at = 0
  return () => {
    if (at === pool.length) {
      pool = randomBytes(nonceBytes * drawnAtOnce)
      at = 0
    }
    at += nonceBytes
    return pool.subarray(at - nonceBytes, at)
  }
}
