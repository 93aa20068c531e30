import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { readBase64url } from './base64url.ts'

/** HMAC-SHA256 of a context and the text that it is for, in base64url: 43 characters. */
export function sign(key: KeyObject, context: string, text: string): string {
  return macOf(key, context, text).toString('base64url')
}

/** Whether a signature is the one of this context and text. */
export function verify(key: KeyObject, context: string, text: string, signature: string): boolean {
  const given = readBase64url(signature)
  const mac = macOf(key, context, text)
  return given?.length === mac.length && timingSafeEqual(given, mac)
}

function macOf(key: KeyObject, context: string, text: string): Buffer {
  return createHmac('sha256', key)
    .update(context + text)
    .digest()
}
