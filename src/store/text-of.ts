import { BrineError } from '../errors.ts'
import { root } from '../path.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text of stored bytes. Throws TEXT_INVALID where Node would put a replacement character and say nothing. */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new BrineError('TEXT_INVALID', 'it is no UTF-8, so BrineMQ did not write it, or it was damaged', {
      path: root,
    })
  }
}
