import { randomBytes } from 'node:crypto'
import { defineKeys } from './define-keys.ts'
import { type SealMode, secretBytes } from './keyring.ts'

/** Options of {@link newKey}. */
export interface NewKeyOptions {
  /** Stands in every text that it seals. Default a random one, so that no two keys share an id by mistake. */
  id?: string
  /** Default `sign`. */
  mode?: SealMode
}

/**
 * A new key as an environment variable holds it: `sign:k3f9a1c=…`. `brine keygen` prints one. To rotate, put it before or
 * behind the others, parted by a comma: see docs/keys.md. Throws KEYS_INVALID for an id that no key may have.
 */
export function newKey({ id = `k${randomBytes(3).toString('hex')}`, mode = 'sign' }: NewKeyOptions = {}): string {
  const key = `${mode}:${id}=${randomBytes(secretBytes).toString('base64url')}`
  // Told here, and not when a worker starts with it.
  defineKeys(key)
  return key
}
