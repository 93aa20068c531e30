import { createHash, randomBytes } from 'node:crypto'

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const tokenBytes = 18
let drawn = ''
let left = 0

/** A token that no enqueue had before: 144 random bits, which 64 of a process share, and a digit that tells those apart. */
export function drawToken(): string {
  if (left === 0) {
    drawn = randomBytes(tokenBytes).toString('base64url')
    left = digits.length
  }
  left -= 1
  return `${drawn}${digits[left]}`
}

/** What stands in a bond for a deduplication id, which may be of any length. */
export function digestOf(deduplicationId: string): string {
  return createHash('sha256').update(deduplicationId).digest('base64url')
}
