import { deflateRawSync, inflateRawSync, constants as zlib } from 'node:zlib'
import { BrineError } from '../errors.ts'
import { type Limits, limitExceeded } from '../limits/limits.ts'
import { root } from '../path.ts'
import { isError } from '../realm/is-error.ts'
import { readBase64url } from './base64url.ts'

/** When the bodies of texts are compressed. */
export interface Compression {
  /** UTF-8 bytes of a body above which it is compressed, if that makes it smaller. */
  aboveBytes: number
}

export const compressionId = 'deflate-raw'

const bodyMember = '"body":'

/** What stands before the body of a compressed text. */
export const compressedHead = `"compress":"${compressionId}",${bodyMember}`

/** Checks the option. Throws OPTIONS_INVALID. */
export function checkCompression(given: Compression | undefined): Compression | undefined {
  if (given === undefined) return undefined
  const { aboveBytes }: Partial<Compression> = given ?? {}
  if (typeof aboveBytes === 'number' && Number.isSafeInteger(aboveBytes) && aboveBytes >= 0) return given
  throw new BrineError('OPTIONS_INVALID', 'must be { aboveBytes }, a whole number from 0', { path: 'compress' })
}

/** The compressed body, where that is asked for and makes the text smaller. */
export function compressBody(body: string, compression: Compression | undefined): Uint8Array | undefined {
  if (compression === undefined || body.length * 3 <= compression.aboveBytes) return undefined
  const bytes = Buffer.byteLength(body)
  if (bytes <= compression.aboveBytes) return undefined
  // It blocks the process, and higher levels take several times as long for a few percent.
  const compressed = deflateRawSync(body, { level: zlib.Z_BEST_SPEED })
  return Math.ceil((compressed.length * 4) / 3) + compressedHead.length < bytes ? compressed : undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The body of a compressed text, never more of it than `limits.maxBytes`. Throws LIMIT_EXCEEDED and TEXT_INVALID. */
export function decompressBody(body: unknown, limits: Limits): unknown {
  const text = inflate(body, limits)
  try {
    return JSON.parse(text)
  } catch {
    throw damaged()
  }
}

/**
 * A compressed envelope as it would stand there without, which those who know its beginning read without parsing it whole.
 * Undefined for what was not compressed, or does not decompress. What comes out may be no JSON, and is no envelope to trust then.
 */
export function expandText(text: string, limits: Limits): string | undefined {
  const bodyAt = text.indexOf(bodyMember) + bodyMember.length
  const head = text.slice(0, bodyAt)
  if (!head.endsWith(compressedHead) || text[bodyAt] !== '"' || !text.endsWith('"}')) return undefined
  try {
    return `${head.slice(0, -compressedHead.length)}${bodyMember}${inflate(text.slice(bodyAt + 1, -2), limits)}}`
  } catch {
    // Whoever parses it whole tells what is wrong.
    return undefined
  }
}

function inflate(body: unknown, limits: Limits): string {
  const bytes = typeof body === 'string' ? readBase64url(body) : undefined
  if (!bytes) throw damaged()
  try {
    const inflated: unknown = inflateRawSync(bytes, { maxOutputLength: Math.max(1, limits.maxBytes), info: true })
    const { buffer, engine } = inflated as { buffer: Buffer; engine: { bytesWritten: number } }
    // Node passes over what stands behind the end.
    if (engine.bytesWritten !== bytes.length) throw damaged()
    return utf8.decode(buffer)
  } catch (error) {
    const tooLarge = isError(error) && Reflect.get(error, 'code') === 'ERR_BUFFER_TOO_LARGE'
    throw tooLarge ? limitExceeded(limits, 'maxBytes', 'more, decompressed', root) : damaged()
  }
}

function damaged(): BrineError {
  return new BrineError('TEXT_INVALID', 'its body does not decompress to JSON: it was damaged', { path: root })
}
