import { timingSafeEqual } from 'node:crypto'
import { types } from 'node:util'
import { BrineError } from '../errors.ts'
import { readBase64url } from './base64url.ts'
import { type Accepted, Keyring, type SealMode, secretBytes } from './keyring.ts'
import { parseKeys } from './parse-keys.ts'

/** Keys by their ids, and how they are used. */
export interface KeysDefinition {
  /**
   * `sign`, the default: what is stored stays readable, and nobody without a key can make or change it. `encrypt`: nobody
   * without a key can read it either. It is the reader's too: what was sealed in the other mode is refused.
   */
  mode?: SealMode
  /** The id of the key that seals; all of them open. May be left out when there is one. */
  active?: string
  /**
   * 32 bytes each, as bytes or in base64url, by an id of 1 to 32 letters, digits, `_ . -` that stands in every text. Or what
   * `BRINE_KEYS` holds, which may name mode and active key itself.
   */
  secrets: Readonly<Record<string, string | Uint8Array>> | string | undefined
  /** What is taken all the same, while producers are rolled out: texts without a seal, or of the other mode. Default none. */
  accept?: Accepted | readonly Accepted[]
  /** When `accept` ends. Default never. */
  acceptUntil?: Date
  /** What time it is, for `acceptUntil`. Default the machine's; `createCodec` has none of its own. */
  clock?: () => Date
}

/**
 * Keys as `keys` takes them: a definition, or what stands in an environment variable, such as
 * `encrypt:k2=…,k1=…`, of which the first is active. `brine keygen` and `newKey` make one.
 */
export type Keys = string | KeysDefinition

const known: ReadonlySet<string> = new Set(['mode', 'active', 'secrets', 'accept', 'acceptUntil', 'clock'])
const keyId = /^[\w.-]{1,32}$/
const acceptable: ReadonlySet<unknown> = new Set<Accepted>(['unsealed', 'sign', 'encrypt'])
const form = 'a text like [sign:|encrypt:]id=base64url,id=base64url, as newKey() and `brine keygen` give'

/**
 * The keyring of an options object: undefined when it has no `keys` at all. Keys that are there but undefined or empty are a
 * variable that is not set, and going on without seals would be the worst that could be done. Throws KEYS_INVALID.
 */
export function keysOf(options: { keys?: Keys | undefined }): Keyring | undefined {
  return Object.hasOwn(options, 'keys') ? defineKeys(options.keys) : undefined
}

/** Checks keys. Throws KEYS_INVALID, which never holds any part of a key. */
export function defineKeys(given: Keys | undefined): Keyring {
  if (given === undefined || given === '') {
    throw invalid('is undefined or empty: is its environment variable set? Leave keys out to work without seals')
  }
  if (typeof given !== 'string' && (typeof given !== 'object' || given === null)) throw invalid(`must be ${form}`)
  const { secrets, ...rest }: KeysDefinition = typeof given === 'string' ? { secrets: given } : given
  const stray = Object.keys(rest).find((name) => !known.has(name))
  if (stray !== undefined) throw invalid(`is not known here; keys have ${[...known].join(', ')}`, `keys.${stray}`)
  const listed = listSecrets(secrets)
  const ring = readSecrets(listed.secrets)
  const { accept, acceptUntil, clock } = rest
  return new Keyring({
    mode: modeOf(rest.mode, listed.mode),
    active: activeOf(rest.active, listed.active, ring),
    secrets: ring,
    ...readAccept(accept, acceptUntil),
    clock,
  })
}

interface Listed {
  secrets: readonly [id: string, secret: unknown][]
  mode?: SealMode | undefined
  active?: string | undefined
}

function listSecrets(secrets: unknown): Listed {
  if (secrets === undefined || secrets === '') {
    throw invalid('is undefined or empty: is its environment variable set?', 'keys.secrets')
  }
  if (typeof secrets === 'string') {
    const parsed = parseKeys(secrets)
    if (!parsed) throw invalid(`must be ${form}`)
    return { ...parsed, active: parsed.secrets[0]?.[0] }
  }
  if (typeof secrets !== 'object' || secrets === null) {
    throw invalid('must be 32 bytes each, by their ids', 'keys.secrets')
  }
  const entries = Object.entries(secrets)
  return { secrets: entries, active: entries.length === 1 ? entries[0]?.[0] : undefined }
}

function readSecrets(listed: Listed['secrets']): Map<string, Uint8Array> {
  const ring = new Map<string, Uint8Array>()
  for (const [id, secret] of listed) {
    if (!keyId.test(id)) throw invalid('the id of a key is 1 to 32 letters, digits, `_ . -`', 'keys.secrets')
    const path = `keys.secrets.${id}`
    if (ring.has(id)) throw invalid('stands there twice', path)
    const bytes = readSecret(secret)
    if (bytes?.length !== secretBytes) throw invalid(`must be ${secretBytes} bytes, or these in base64url`, path)
    for (const [other, known] of ring) {
      if (timingSafeEqual(known, bytes)) throw invalid(`is the same key as '${other}': make another`, path)
    }
    ring.set(id, bytes)
  }
  if (ring.size === 0) throw invalid('holds no key', 'keys.secrets')
  return ring
}

// As copies: what a caller does to its own bytes later changes no key.
function readSecret(secret: unknown): Uint8Array | undefined {
  if (types.isUint8Array(secret)) return Uint8Array.from(secret)
  if (typeof secret !== 'string') return undefined
  // As `openssl rand -base64 32` writes them, too.
  return readBase64url(secret.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))
}

function modeOf(given: unknown, listed: SealMode | undefined): SealMode {
  if (given !== undefined && given !== 'sign' && given !== 'encrypt') {
    throw invalid("must be 'sign' or 'encrypt'", 'keys.mode')
  }
  if (given && listed && given !== listed) throw invalid(`is ${given}, and the keys say ${listed}`, 'keys.mode')
  return given ?? listed ?? 'sign'
}

function activeOf(given: unknown, listed: string | undefined, ring: ReadonlyMap<string, unknown>): string {
  const active = given ?? listed
  if (typeof active === 'string' && ring.has(active)) return active
  throw invalid(`must be the id of one of the keys, which seals: ${[...ring.keys()].join(', ')}`, 'keys.active')
}

function readAccept(accept: unknown, until: unknown): { accepts: Set<Accepted>; acceptUntil: Date | undefined } {
  const list: unknown[] = accept === undefined ? [] : [accept].flat()
  if (!list.every((one) => acceptable.has(one))) {
    throw invalid(`must be of ${[...acceptable].join(', ')}`, 'keys.accept')
  }
  if (until === undefined) return { accepts: new Set(list as Accepted[]), acceptUntil: undefined }
  if (!types.isDate(until) || Number.isNaN(until.getTime())) throw invalid('must be a date', 'keys.acceptUntil')
  if (list.length === 0) throw invalid('is the end of accept, which is not given', 'keys.acceptUntil')
  return { accepts: new Set(list as Accepted[]), acceptUntil: new Date(until) }
}

function invalid(remedy: string, path = 'keys'): BrineError {
  return new BrineError('KEYS_INVALID', remedy, { path })
}
