import { BrineError } from '../errors.ts'
import { root } from '../path.ts'
import { readBase64url } from '../seal/base64url.ts'
import type { Sealer } from '../seal/sealer.ts'
import { encodings } from './encodings.ts'
import { type Place, writeEnvelope, writeHead } from './envelope.ts'

/** Seals the text of an envelope without a seal, which this build wrote for `place`. Throws TEXT_INVALID for any other. */
export function reseal(text: string, place: Place, sealer: Sealer): string {
  for (const encoding of encodings) {
    for (const compressed of [false, true]) {
      const head = writeHead(place, { encoding, compressed })
      const start = writeEnvelope(head, '').slice(0, -1)
      if (!text.startsWith(start)) continue
      const body = text.slice(start.length, -1)
      const bytes = compressed ? readBase64url(body.slice(1, -1)) : undefined
      return sealer.seal(head, bytes ?? body, place)
    }
  }
  throw new BrineError('TEXT_INVALID', 'the text was not encoded for this place', { path: root })
}
