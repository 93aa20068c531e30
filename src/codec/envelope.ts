import { BrineError } from '../errors.ts'
import type { Limits } from '../limits/limits.ts'
import { root } from '../path.ts'
import type { Failure, Validator } from '../schema/validate.ts'
import type { Bond } from '../seal/bond.ts'
import { compressedHead, compressionId, decompressBody } from '../seal/compress.ts'
import { encodings } from './encodings.ts'
import { encodingId } from './format.ts'

/**
 * What a text was made for. The envelope names it, so that a worker can tell a job of another name or a newer version
 * from a broken one.
 */
export interface Place {
  kind: 'payload' | 'result' | 'progress' | 'error' | 'cancel' | 'value'
  /** The job's name in its contract; none for a value under a key, in a file, or from a bare codec. */
  job?: string | undefined
  /** Other names of the job, any of which a text may name. */
  aliases?: readonly string[] | undefined
  /** The version of the job in its contract. */
  version?: number | undefined
  /** The job's id, or the key of a store: a seal is bound to it. For a schedule's template, `repeat:<schedule's id>`. */
  id?: string | undefined
  /** Written into the seal of a text; of one that is read, what its bond must have. Without keys it says nothing. */
  bond?: Bond | undefined
}

/** A decoded text. A box, because a class with a `then` method must never be returned bare from an async function. */
export interface Opened {
  /** Of the job, as its producer's contract had it. */
  version: number | undefined
  value: unknown
  /** Whether it is what the validator that was asked with it gives, so that it need not be asked again. */
  checked?: boolean
  /** What its seal bound it to, if it was sealed with a bond. */
  bond?: Bond | undefined
}

/** What a codec is told of the schema that a value was defined by: then it is checked and encoded at once where it can be. */
export interface Checked {
  /** None takes everything. */
  validator: Validator | undefined
  failure: Failure
}

/** The codec as the queue and the store use it: it writes whole envelopes and knows the place that each is for. */
export interface EnvelopeCodec {
  /** Whether it has keys: then nothing that a payload may hold is told outside of its texts. */
  readonly sealed: boolean
  /** A stored text of more bytes is refused, so nobody needs to load it. */
  readonly maxTextBytes: number
  /** The text of an envelope object: JSON, to be stored as it is. Throws a BrineError with code, job and path. */
  encode(value: unknown, place: Place): string
  /** The same, always in the general encoding: a text that does not depend on how the schemas are written. */
  encodeGenerally(value: unknown, place: Place): string
  /**
   * The text of something that was thrown, of whose parts those travel that can; undefined when not even its message does. It throws
   * nothing.
   */
  encodeThrown(thrown: unknown, place: Place): string | undefined
  /** A text that is the same for the same value and place, as long as the active key is, and tells nothing without the keys. */
  fingerprint(value: unknown, place: Place): string
  /** Refuses, where there are keys, what `decode` would refuse by its seal, and gives its bond. Nothing else is parsed. */
  checkSeal(text: string, place: Place): Bond | undefined
  /** A sealed text that was just encoded for `place`, with the bond of `place`: what it is bound to may be known only later. */
  reseal(text: string, place: Place): string
  /** The body as JSON, its seal and its compression undone and nothing decoded. Throws what `decode` throws up to there. */
  openBody(text: string, place: Place): string
  /**
   * The same of a value that `validator` has to take first. Throws or rejects with an error of `failure.code` when it does not.
   * What the encoder found in order is not asked of zod again. A promise only at need.
   */
  encodeChecked(value: unknown, place: Place, checked: Checked): string | Promise<string>
  /**
   * Opens a text that was made for `place`, and decodes it. Throws a BrineError with code, job and path, and nothing else. With
   * the validator of the value, it may come back checked.
   */
  decode(text: string, place: Place, validator?: Validator): Opened
}

const envelopeVersion = 1
const readable: ReadonlySet<string> = new Set(encodings)

/** The header of an envelope, whose order is fixed, behind its version and seal, and up to the body. */
export function writeHead({ kind, job, version }: Place, { encoding = encodingId, compressed = false } = {}): string {
  const ofJob = job === undefined ? '' : `"job":${JSON.stringify(job)},"version":${version ?? 1},`
  return `"kind":"${kind}",${ofJob}"encoding":"${encoding}",${compressed ? compressedHead : '"body":'}`
}

/** The text of an envelope without a seal. */
export function writeEnvelope(head: string, body: string | Uint8Array): string {
  const written = typeof body === 'string' ? body : `"${Buffer.from(body).toString('base64url')}"`
  return `{"brine":${envelopeVersion},${head}${written}}`
}

interface Header {
  brine: number
  kind: string
  job?: string
  version?: number
  encoding: string
  compress?: string
  body: unknown
}

/**
 * Opens the text of an envelope that was made for `place`. Throws TEXT_INVALID for what is none or was made for another
 * place, ENCODING_UNKNOWN for one that a newer BrineMQ wrote, and LIMIT_EXCEEDED for a body that decompresses to too much.
 */
export function openEnvelope(
  text: string,
  place: Place,
  limits: Limits,
): { version: number | undefined; encoding: string; body: unknown } {
  const { brine, kind, job, version, encoding, compress, body } = parseEnvelope(text)
  const compressed = compress !== undefined
  if (brine !== envelopeVersion || !readable.has(encoding) || (compressed && compress !== compressionId)) {
    throw new BrineError(
      'ENCODING_UNKNOWN',
      'the text is of an envelope or encoding that this build does not know: deploy the build that wrote it',
      { path: root },
    )
  }
  if (kind !== place.kind || !(job === place.job || (job !== undefined && place.aliases?.includes(job)))) {
    throw new BrineError('TEXT_INVALID', `the text was made for another place than a ${place.kind} of this job`, {
      path: root,
    })
  }
  // Before the body is read, which may name models that are new too. Outcomes are read as far as they can be.
  if (place.kind === 'payload' && version !== undefined && version > (place.version ?? version)) {
    throw new BrineError(
      'VERSION_NEWER',
      `the job is of version ${version}, and this build knows ${place.version}: deploy the newer one`,
      { path: root },
    )
  }
  return { version, encoding, body: compressed ? decompressBody(body, limits) : body }
}

function parseEnvelope(text: string): Header {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // The parser's message quotes the text.
    throw new BrineError('TEXT_INVALID', 'the text is not JSON: something else wrote it, or it was cut off', {
      path: root,
    })
  }
  if (isHeader(parsed)) return parsed
  throw new BrineError('TEXT_INVALID', 'the text is JSON, but no envelope of BrineMQ', { path: root })
}

const headerNames: ReadonlySet<string> = new Set([
  ...['brine', 'kind', 'job', 'version', 'encoding', 'compress', 'body'],
])

function isHeader(parsed: unknown): parsed is Header {
  if (typeof parsed !== 'object' || parsed === null || !('body' in parsed) || !('brine' in parsed)) return false
  const { brine, kind, job, version, encoding, compress } = parsed as Partial<Header>
  return (
    typeof brine === 'number' &&
    typeof kind === 'string' &&
    typeof encoding === 'string' &&
    (compress === undefined || typeof compress === 'string') &&
    (job === undefined) === (version === undefined) &&
    (job === undefined || typeof job === 'string') &&
    (version === undefined || (Number.isSafeInteger(version) && version > 0)) &&
    Object.keys(parsed).every((name) => headerNames.has(name))
  )
}
