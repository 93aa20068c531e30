import { createHash } from 'node:crypto'
import { createNonces } from './nonces.ts'

const nextNonce = createNonces()

/** A token that no enqueue had before, not even in a copy of this process: see createNonces. */
export function drawToken(): string {
  return nextNonce().toString('base64url')
}

/** A bond holds this in place of a deduplication id, which may have any length. */
export function digestOf(deduplicationId: string): string {
  return createHash('sha256').update(deduplicationId).digest('base64url')
}
