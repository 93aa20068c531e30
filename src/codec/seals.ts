import { BrineError } from '../errors.ts'
import { type Limits, limitExceeded } from '../limits/limits.ts'
import { root } from '../path.ts'
import { type Bond, longestBond } from '../seal/bond.ts'
import { type Keyring, mayEncrypt } from '../seal/keyring.ts'
import { openSealed } from '../seal/open-sealed.ts'
import type { SealSite } from '../seal/seal-context.ts'
import { createSealer, isSealed, type Sealer, type Unsealed } from '../seal/sealer.ts'
import { type Place, writeEnvelope } from './envelope.ts'
import { reseal } from './reseal.ts'

/** What a codec with keys has to be told: where its texts are stored, and what time it is, in milliseconds since 1970. */
export interface SealSurroundings extends SealSite {
  now?: (() => number) | undefined
}

/** How one codec seals and opens its texts, and how long those may be. Without keys it seals none, and refuses sealed ones. */
export interface Seals extends Pick<Sealer, 'seal' | 'fingerprint'> {
  /** The most bytes that a stored text may have. */
  readonly maxTextBytes: number
  /** The text without its seal. Throws LIMIT_EXCEEDED for one that is too long, and what `Sealer.open` throws. */
  unseal(text: string, place: Place): Unsealed
  /** The bond of a text. Throws what `unseal` throws; without keys nothing. */
  checkSeal(text: string, place: Place): Bond | undefined
  /** A text that was sealed for `place`, with the bond of `place` in place of its own. */
  reseal(text: string, place: Place): string
}

// For what an envelope has before its body.
const headroom = 1_024

/** Throws KEYS_INVALID. */
export function createSeals(
  keys: Keyring | undefined,
  limits: Limits,
  surroundings: SealSurroundings | undefined,
): Seals {
  const openBytes = limits.maxBytes + headroom
  if (!keys) {
    return {
      maxTextBytes: openBytes,
      seal: writeEnvelope,
      fingerprint: (text) => text,
      unseal(text) {
        refuseLarge(text, openBytes, limits)
        refuseSealed(text)
        return { text, bond: undefined }
      },
      checkSeal: () => undefined,
      reseal: (text) => text,
    }
  }
  if (!surroundings) throw new TypeError('a codec with keys must know where its texts are stored')
  const { now, ...site } = surroundings
  const sealer = createSealer({ keyring: keys, site, now })
  // An encrypted body is stored in base64.
  const maxTextBytes =
    (mayEncrypt(keys) ? Math.ceil((limits.maxBytes * 4) / 3) : limits.maxBytes) + headroom + longestBond

  function open(text: string, place: Place): Unsealed {
    refuseLarge(text, maxTextBytes, limits)
    return openSealed(sealer, text, place)
  }

  function unseal(text: string, place: Place): Unsealed {
    const unsealed = open(text, place)
    refuseLarge(unsealed.text, openBytes, limits)
    return unsealed
  }

  return {
    maxTextBytes,
    seal: sealer.seal,
    fingerprint: sealer.fingerprint,
    unseal,
    checkSeal: (text, place) => open(text, place).bond,
    reseal: (text, place) => reseal(unseal(text, { ...place, bond: undefined }).text, place, sealer),
  }
}

// The whole text is measured before anything is made of it.
function refuseLarge(text: unknown, most: number, limits: Limits): void {
  if (typeof text !== 'string') throw new BrineError('TEXT_INVALID', 'there is no text to decode', { path: root })
  // No character is more than three bytes of UTF-8.
  if (text.length * 3 <= most) return
  const bytes = text.length > most ? text.length : Buffer.byteLength(text)
  if (bytes > most) throw limitExceeded(limits, 'maxBytes', bytes, root)
}

// A reader without keys could not tell a forged text from a good one: what is sealed was not meant for it.
function refuseSealed(text: string): void {
  if (!isSealed(text)) return
  throw new BrineError('KEY_UNKNOWN', 'it is sealed, and this reader has no keys; see docs/keys.md', { path: root })
}
