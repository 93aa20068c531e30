import type { Place } from '../codec/envelope.ts'
import { BrineError } from '../errors.ts'
import { root } from '../path.ts'
import { readBase64url } from './base64url.ts'
import { type Bond, bondPattern, holds, longestBond, readBond, writeBond } from './bond.ts'
import { compressedHead } from './compress.ts'
import type { Accepted, Keyring, SealMode } from './keyring.ts'
import { createNonces } from './nonces.ts'
import { bondContext, keyInfo, placeContext, type SealSite, siteContext } from './seal-context.ts'
import { createSigner, type Signer } from './sign.ts'
import { createXaes, type Xaes } from './xaes.ts'

/** Seals the texts of one site, and opens them. */
export interface Sealer {
  /**
   * A sealed envelope of its members from `"kind"` to `"body":`, and its body: JSON, or the bytes of a compressed one. With the
   * bond of `place`, if it has one.
   */
  seal(head: string, body: string | Uint8Array, place: Place): string
  /** A keyed digest of an envelope without a seal. */
  fingerprint(text: string, place: Place): string
  /**
   * The envelope without its seal, which was made for `place` and has all that its bond asks for. Of the text nothing is parsed
   * but the bond, once its seal has held. Throws SEAL_MISSING, SEAL_INVALID, KEY_UNKNOWN and ENCODING_UNKNOWN.
   */
  open(text: string, place: Place): Unsealed
}

/** An envelope without its seal, and the bond that this had. */
export interface Unsealed {
  text: string
  bond: Bond | undefined
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
const longestSeal = 160 + longestBond
const beginning = String.raw`^\{"brine":1,"seal":\[`
const signed = new RegExp(String.raw`${beginning}"sign","([\w.-]{1,32})","([\w-]{43})"${bondPattern}\],`)
const encrypted = new RegExp(
  String.raw`${beginning}"encrypt","([\w.-]{1,32})","([\w-]{32})","([\w-]{22})"${bondPattern}\],`,
)
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
    const remedy = 'needs keys.clock; codecs never read the system clock'
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
      const bond = place.bond && writeBond(place.bond)
      const bound = bond === undefined ? '' : `,${bond}`
      const context = activeKey.context + contextOf(place, site) + bondContext(bond)
      if (mode === 'sign') {
        const rest = `${head}${typeof body === 'string' ? body : `"${toBase64url(body)}"`}}`
        return `${start}"sign","${id}","${signerOf(activeKey).sign(context + rest)}"${bound}],${rest}`
      }
      const fresh = nonce()
      const plain = typeof body === 'string' ? Buffer.from(body) : body
      const { sealed, tag } = xaesOf(activeKey).encrypt(plain, fresh, context + head)
      const seal = `"encrypt","${id}","${toBase64url(fresh)}","${toBase64url(tag)}"${bound}`
      return `${start}${seal}],${head}"${toBase64url(sealed)}"}`
    },
    fingerprint(text, place) {
      // With a key of its own, since it may stand beside what is encrypted.
      const key = keyring.derive(active, keyInfo({ ...site, purpose: 'fingerprint' }, 'sign'))
      return key ? createSigner(key).sign(activeKey.context + contextOf(place, site) + text) : ''
    },
    open(text, place) {
      if (!isSealed(text)) {
        if (accepted('unsealed')) return bindTo(place, text, undefined)
        const remedy = 'it has no seal, and this reader takes only what was sealed with its keys'
        throw new BrineError('SEAL_MISSING', `${remedy}; see accept in docs/keys.md`, { path: root })
      }
      const sealed = text.slice(0, longestSeal)
      const ofSign = signed.exec(sealed)
      if (ofSign) {
        const [whole, id = '', signature = '', bond] = ofSign
        const key = keyOf('sign', id)
        const rest = text.slice(whole.length)
        const context = key.context + contextOf(place, site) + bondContext(bond)
        if (!signerOf(key).verify(context + rest, signature)) throw forged()
        return bindTo(place, unsealed + rest, bond)
      }
      const ofEncrypt = encrypted.exec(sealed)
      if (!ofEncrypt) throw invalid('its seal has no form that this build knows')
      const [whole, id = '', nonceText = '', tagText = '', bond] = ofEncrypt
      const key = keyOf('encrypt', id)
      const rest = text.slice(whole.length)
      const bodyAt = rest.lastIndexOf('"', rest.length - 3)
      const head = rest.slice(0, Math.max(0, bodyAt))
      const [fresh, tag, body] = [nonceText, tagText, rest.slice(bodyAt + 1, -2)].map(readBase64url)
      if (!rest.endsWith('"}') || !fresh || !tag || !body) throw invalid('its form is not the one that was written')
      const context = key.context + contextOf(place, site) + bondContext(bond)
      const plain = xaesOf(key).decrypt(body, fresh, tag, context + head)
      if (!plain) throw forged()
      const written = head.endsWith(compressedHead) ? `"${toBase64url(plain)}"` : readText(plain)
      return bindTo(place, `${unsealed}${head}${written}}`, bond)
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

/** A text whose seal held, if its bond has what `place` asks for. `written` is the bond as it stands in the seal. */
function bindTo({ bond: expected }: Place, text: string, written: string | undefined): Unsealed {
  if (expected && written === writeBond(expected)) return { text, bond: expected }
  const bond = written === undefined ? undefined : readBond(written)
  if (expected && !holds(bond, expected)) {
    throw invalid(
      'its seal is genuine, but for another enqueue, or for the child of another parent: somebody put it here',
    )
  }
  return { text, bond }
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
