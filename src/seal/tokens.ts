import { createHash } from 'node:crypto'
import type { Bond } from './bond.ts'
import { createNonces } from './nonces.ts'

const nextNonce = createNonces()

/** A token that no enqueue had before, not even in a copy of this process: see createNonces. */
export function drawToken(): string {
  return nextNonce().toString('base64url')
}

/** The token that a job's children are bound to. All runs of a schedule have one text with one token, so their ids tell them apart. */
export function tokenOf(bond: Bond | undefined, id: string): string | undefined {
  return bond?.for !== undefined && id.startsWith('repeat:') ? derive(bond.for, id) : bond?.for
}

/**
 * The token of a child with a given id. It is derived from the parent's token: a handler that runs again adds the same children
 * again, and must find those that exist bound to it.
 */
export function childToken(parent: string, queue: string, id: string): string {
  return derive(parent, `${queue}:${id}`)
}

function derive(token: string, id: string): string {
  return digestOf(`${token} ${id}`)
}

/** A bond holds this in place of a deduplication id, which may have any length. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
