import { BrineError } from '../../errors.ts'
import { root } from '../../path.ts'
import { compressedHead } from '../compress.ts'
import type { Place } from '../envelope.ts'
import { readBase64url } from './base64url.ts'
import type { Accepted, Keyring, SealMode } from './keyring.ts'
import { createNonces } from './nonces.ts'
import { keyInfo, placeContext, type SealSite, siteContext } from './seal-context.ts'
import { createSigner, type Signer } from './sign.ts'
import { createXaes, type Xaes } from './xaes.ts'

/** Seals the texts of one site, and opens them. */
export interface Sealer {
  /** A sealed envelope of its members from `"kind"` to `"body":`, and its body: JSON, or the bytes of a compressed one. */
  seal(head: string, body: string | Uint8Array, place: Place): string
  /** A keyed digest of an envelope without a seal. */
  fingerprint(text: string, place: Place): string
  /**
   * The envelope without its seal, which was made for `place`. Nothing is parsed. Throws SEAL_MISSING, SEAL_INVALID and
   * KEY_UNKNOWN.
   */
  open(text: string, place: Place): string
}

export interface SealerOptions {
  keyring: Keyring
  site: SealSite
  /** Milliseconds since 1970, for what is accepted until then. */
  now?: (() => number) | undefined
  /** 24 bytes that were never used before. */
  nonce?: (() => Uint8Array) | undefined
}

interface Key {
  id: string
  context: string
  bytes: Uint8Array
  /** Made at need, as the other. */
  signer?: Signer
  xaes?: Xaes
}

const unsealed = '{"brine":1,'
const start = `${unsealed}"seal":[`
// What stands there is bounded, and so is the search.
const longestSeal = 160
const signed = /^\{"brine":1,"seal":\["sign","([\w.-]{1,32})","([\w-]{43})"\],/
const encrypted = /^\{"brine":1,"seal":\["encrypt","([\w.-]{1,32})","([\w-]{32})","([\w-]{22})"\],/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether a text claims to be sealed. */
export function isSealed(text: string): boolean {
  return text.startsWith(start)
}

/** Derives the keys of a site, once. Throws KEYS_INVALID when `acceptUntil` is given, and nobody tells the time. */
export function createSealer({ keyring, site, now, nonce = createNonces() }: SealerOptions): Sealer {
  const { mode, active, accepts, acceptUntil, clock } = keyring
  const time = clock ? () => clock().getTime() : now
  if (acceptUntil !== undefined && !time) {
    const remedy = 'is a moment, and a codec knows no time: give keys.clock, a function that gives the date'
    throw new BrineError('KEYS_INVALID', remedy, { path: 'keys.acceptUntil' })
  }
  const modes: SealMode[] = [mode, ...(['sign', 'encrypt'] as const).filter((one) => one !== mode && accepts.has(one))]
  const keys = new Map(modes.map((one) => [one, keysFor(keyring, site, one)]))
  const activeKey = keys.get(mode)?.get(active)
  if (!activeKey) throw new BrineError('KEYS_INVALID', 'has no active key', { path: 'keys.active' })

  function accepted(what: Accepted): boolean {
    if (what === mode) return true
    return accepts.has(what) && (acceptUntil === undefined || (time?.() ?? Number.POSITIVE_INFINITY) < acceptUntil)
  }

  function keyOf(given: SealMode, id: string): Key {
    if (!accepted(given)) {
      throw invalid(`it is sealed by ${given === 'sign' ? 'signing' : 'encryption'}, and this reader's mode is ${mode}`)
    }
    const key = keys.get(given)?.get(id)
    if (key) return key
    const known = keyring.ids.join(', ')
    throw new BrineError('KEY_UNKNOWN', `it is sealed with the key '${id}'; known here are ${known}`, { path: root })
  }

  return {
    seal(head, body, place) {
      const { id } = activeKey
      const context = activeKey.context + contextOf(place, site)
      if (mode === 'sign') {
        const rest = `${head}${typeof body === 'string' ? body : `"${toBase64url(body)}"`}}`
        return `${start}"sign","${id}","${signerOf(activeKey).sign(context + rest)}"],${rest}`
      }
      const fresh = nonce()
      const plain = typeof body === 'string' ? Buffer.from(body) : body
      const { sealed, tag } = xaesOf(activeKey).encrypt(plain, fresh, context + head)
      const seal = `"encrypt","${id}","${toBase64url(fresh)}","${toBase64url(tag)}"`
      return `${start}${seal}],${head}"${toBase64url(sealed)}"}`
    },
    fingerprint(text, place) {
      // With a key of its own, since it may stand beside what is encrypted.
      const key = keyring.derive(active, keyInfo({ ...site, purpose: 'fingerprint' }, 'sign'))
      return key ? createSigner(key).sign(activeKey.context + contextOf(place, site) + text) : ''
    },
    open(text, place) {
      if (!isSealed(text)) {
        if (accepted('unsealed')) return text
        const remedy = 'it has no seal, and this reader takes only what was sealed with its keys'
        throw new BrineError('SEAL_MISSING', `${remedy}; see accept in docs/keys.md`, { path: root })
      }
      const beginning = text.slice(0, longestSeal)
      const ofSign = signed.exec(beginning)
      if (ofSign) {
        const [whole, id = '', signature = ''] = ofSign
        const key = keyOf('sign', id)
        const rest = text.slice(whole.length)
        if (!signerOf(key).verify(key.context + contextOf(place, site) + rest, signature)) throw forged()
        return unsealed + rest
      }
      const ofEncrypt = encrypted.exec(beginning)
      if (!ofEncrypt) throw invalid('its seal has no form that this build knows')
      const [whole, id = '', ...parts] = ofEncrypt
      const key = keyOf('encrypt', id)
      const rest = text.slice(whole.length)
      const bodyAt = rest.lastIndexOf('"', rest.length - 3)
      const head = rest.slice(0, Math.max(0, bodyAt))
      const [fresh, tag, sealed] = [...parts, rest.slice(bodyAt + 1, -2)].map(readBase64url)
      if (!rest.endsWith('"}') || !fresh || !tag || !sealed) throw invalid('its form is not the one that was written')
      const plain = xaesOf(key).decrypt(sealed, fresh, tag, key.context + contextOf(place, site) + head)
      if (!plain) throw forged()
      return `${unsealed}${head}${head.endsWith(compressedHead) ? `"${toBase64url(plain)}"` : readText(plain)}}`
    },
  }
}

function keysFor(keyring: Keyring, site: SealSite, mode: SealMode): Map<string, Key> {
  const info = keyInfo(site, mode)
  return new Map(
    keyring.ids.flatMap((id) => {
      const bytes = keyring.derive(id, info)
      return bytes ? [[id, { id, bytes, context: siteContext(site, mode, id) }]] : []
    }),
  )
}

function signerOf(key: Key): Signer {
  key.signer ??= createSigner(key.bytes)
  return key.signer
}

function xaesOf(key: Key): Xaes {
  key.xaes ??= createXaes(key.bytes)
  return key.xaes
}

function contextOf(place: Place, { purpose }: SealSite): string {
  if (place.id === undefined && (purpose === 'queue' || purpose === 'store')) {
    throw new BrineError('OPTIONS_INVALID', "a seal is bound to the job's id: give it", { path: 'id' })
  }
  return placeContext(place)
}

function toBase64url({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64url')
}

function readText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new BrineError('TEXT_INVALID', 'what was encrypted is no UTF-8', { path: root })
  }
}

function forged(): BrineError {
  return invalid('its seal does not hold: it was changed, or was sealed for another place, or with another key')
}

function invalid(remedy: string): BrineError {
  return new BrineError('SEAL_INVALID', remedy, { path: root })
}
