import { hkdfSync } from 'node:crypto'

/** `sign`: HMAC-SHA256, readable and not to be changed. `encrypt`: AES-256-GCM, neither readable nor to be changed. */
export type SealMode = 'sign' | 'encrypt'

/** What a reader may be told to take beside what its own mode seals. */
export type Accepted = 'unsealed' | SealMode

export interface KeyringOptions {
  mode: SealMode
  active: string
  secrets: ReadonlyMap<string, Uint8Array>
  accepts?: ReadonlySet<Accepted> | undefined
  acceptUntil?: Date | undefined
  clock?: (() => Date) | undefined
}

export const secretBytes = 32

/**
 * The keys of a contract, codec or store, checked: see `defineKeys`. It gives no secret away, only keys derived from one, so
 * that a contract can be printed.
 */
export class Keyring {
  /** What is written, and what is read. */
  readonly mode: SealMode
  /** The id of the key that seals; the others only open. */
  readonly active: string
  /** What is taken beside texts that are sealed in `mode`. */
  readonly accepts: ReadonlySet<Accepted>
  /** When that ends, in milliseconds since 1970. */
  readonly acceptUntil: number | undefined
  readonly clock: (() => Date) | undefined
  readonly #secrets: ReadonlyMap<string, Uint8Array>

  constructor({ mode, active, secrets, accepts = new Set(), acceptUntil, clock }: KeyringOptions) {
    this.mode = mode
    this.active = active
    this.accepts = accepts
    this.acceptUntil = acceptUntil?.getTime()
    this.clock = clock
    this.#secrets = secrets
  }

  get ids(): string[] {
    return [...this.#secrets.keys()]
  }

  /** 32 bytes for what `info` says, by HKDF-SHA256 without a salt; undefined when there is no key of that id. */
  derive(id: string, info: string): Uint8Array | undefined {
    const secret = this.#secrets.get(id)
    return secret && new Uint8Array(hkdfSync('sha256', secret, '', info, secretBytes))
  }
}

/** Whether texts may be encrypted: those that are written, or those of before that are still taken. */
export function mayEncrypt(keys: Keyring | undefined): boolean {
  return keys !== undefined && (keys.mode === 'encrypt' || keys.accepts.has('encrypt'))
}
