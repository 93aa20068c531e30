import { BrineError } from '../errors.ts'
import type { Model } from '../model/model.ts'
import { createRegistry } from '../model/registry.ts'
import { root } from '../path.ts'
import type { Validator } from '../schema/validate.ts'
import { BodyWriter } from './body-writer.ts'
import { build } from './build.ts'
import { builtIns } from './built-ins.ts'
import { checkThenEncode, parseThenEncode } from './check-then-encode.ts'
import { type Compression, compressBody, expandText } from './compress.ts'
import { type EnvelopeCodec, type Opened, openEnvelope, type Place, writeEnvelope, writeHead } from './envelope.ts'
import { createFieldsCodec } from './fields/fields-codec.ts'
import { fieldsEncodingId } from './fields/layout.ts'
import type { Plan } from './fields/plans.ts'
import { ReadMemo } from './fields/read-memo.ts'
import { toEntries } from './fields/to-entries.ts'
import { encodingId } from './format.ts'
import { between, Heads, versionOf } from './heads.ts'
import type { Knowledge } from './knowledge.ts'
import { defineLimits, type Limits, limitExceeded } from './limits.ts'
import { openPlainJson } from './plain-json.ts'
import { scan } from './scan.ts'
import { longestBond } from './seal/bond.ts'
import type { Keyring } from './seal/keyring.ts'
import { openSealed } from './seal/open-sealed.ts'
import { reseal } from './seal/reseal.ts'
import type { SealSite } from './seal/seal-context.ts'
import { createSealer, isSealed, type Sealer, type Unsealed } from './seal/sealer.ts'
import { buildSpecial } from './special-values.ts'
import { encodeThrown } from './thrown/encode-thrown.ts'

export interface EnvelopeCodecOptions {
  models?: readonly Model[] | undefined
  limits?: Partial<Limits> | undefined
  stacks?: boolean | undefined
  /** See `accept` of QueueDefinition. */
  accept?: 'json' | undefined
  keys?: Keyring | undefined
  compress?: Compression | undefined
}

/** What a codec with keys has to be told: where its texts are stored, and what time it is, in milliseconds since 1970. */
export interface SealSurroundings extends SealSite {
  now?: (() => number) | undefined
}

// An error that did not come from BrineMQ is no text of its own: BullMQ keeps its message.
const kindsOfBullMQ: ReadonlySet<string> = new Set(['payload', 'result', 'progress'])

/** The codec of whole envelopes. Throws MODEL_INVALID, OPTIONS_INVALID and KEYS_INVALID. */
export function createEnvelopeCodec(
  { models = [], limits, stacks = false, accept, keys, compress }: EnvelopeCodecOptions = {},
  surroundings?: SealSurroundings,
): EnvelopeCodec {
  const sealer = keys && createSealer({ keyring: keys, ...sited(surroundings) })
  const knowledge: Knowledge = { registry: createRegistry(models), builtIns, limits: defineLimits(limits), stacks }
  const fields = createFieldsCodec(knowledge)
  const heads = new Heads(encodingId)

  function writeByFields(value: unknown, plan: Plan | undefined, place: Place, memo: ReadMemo): string | undefined {
    const values = plan && fields.encode(value, plan, memo)
    if (plan === undefined || values === undefined) return undefined
    if (sealer || compress) return seal(fieldsEncodingId, fields.body(plan, values), place)
    return fields.envelope(plan, place, values)
  }

  function write(value: unknown, place: Place, memo: ReadMemo): string {
    return writeByFields(value, fields.planOf(value), place, memo) ?? writeGenerally(value, place, memo)
  }

  function writeGenerally(value: unknown, place: Place, memo: ReadMemo): string {
    return seal(encodingId, new BodyWriter(knowledge, memo).write(value), place)
  }

  function seal(encoding: string, written: string, place: Place): string {
    const compressed = compressBody(written, compress)
    const head = writeHead(place, { encoding, compressed: compressed !== undefined })
    const body = compressed ?? written
    return sealer ? sealer.seal(head, body, place) : writeEnvelope(head, body)
  }

  /** The body of a text that was written for the place as it is known here. The header of all others is read. */
  function readGeneral(text: string, place: Place): unknown {
    const written = between(text, heads.of(place), '}')
    try {
      return written && JSON.parse(written)
    } catch {
      // There is more behind the body, or it was cut off.
      return undefined
    }
  }

  // Without a closure for each: these two are for every text.
  function encode(value: unknown, place: Place): string {
    try {
      return write(value, place, new ReadMemo())
    } catch (error) {
      throw toldOfJob(error, place)
    }
  }

  function decode(given: string, place: Place, validator?: Validator): Opened {
    try {
      return open(given, place, validator)
    } catch (error) {
      throw toldOfJob(error, place)
    }
  }

  /** What was written for the place as it is known here, by the very schemas of here or by none. */
  function readWritten(text: string, place: Place, validator: Validator | undefined): Opened | undefined {
    const byFields = fields.decode(text, place, validator)
    if (byFields) return byFields
    const general = readGeneral(text, place)
    if (general === undefined) return undefined
    return { version: versionOf(place), value: readBody(encodingId, general, knowledge) }
  }

  function readExpanded(text: string, place: Place, validator: Validator | undefined): Opened | undefined {
    const expanded = expandText(text, knowledge.limits)
    return expanded === undefined ? undefined : readWritten(expanded, place, validator)
  }

  /** The text without its seal. Before and after, no larger than it may be. */
  function unseal(given: string, place: Place, by: Sealer): Unsealed {
    refuseLarge(given, knowledge.limits, keys)
    const unsealed = openSealed(by, given, place)
    refuseLarge(unsealed.text, knowledge.limits)
    return unsealed
  }

  function open(given: string, place: Place, validator?: Validator): Opened {
    if (!sealer) {
      refuseLarge(given, knowledge.limits)
      return read(given, place, validator)
    }
    const { text, bond } = unseal(given, place, sealer)
    const opened = read(text, place, validator)
    if (bond) opened.bond = bond
    return opened
  }

  function read(text: string, place: Place, validator?: Validator): Opened {
    const written = readWritten(text, place, validator) ?? readExpanded(text, place, validator)
    if (written) return written
    if (!sealer) refuseSealed(text)
    if (accept === 'json' && kindsOfBullMQ.has(place.kind)) {
      const plain = openPlainJson(text, knowledge.limits)
      if (plain) return { version: undefined, ...plain }
    }
    const { encoding, body, version } = openEnvelope(text, place, knowledge.limits)
    return { version, value: readBody(encoding, body, knowledge) }
  }

  return {
    sealed: keys !== undefined,
    maxTextBytes: mostBytes(knowledge.limits, keys),
    encode,
    encodeGenerally: (value, place) => ofJob(place, () => writeGenerally(value, place, new ReadMemo())),
    encodeChecked(value, place, { validator, failure }) {
      if (validator === undefined) return encode(value, place)
      const memo = new ReadMemo()
      const { parseInput } = validator
      if (parseInput) {
        return parseThenEncode(
          value,
          { parseInput, failure },
          {
            copy: () => decode(encode(value, place), place).value,
            encode: (output) =>
              ofJob(place, () => {
                const plan = fields.planOf(output, validator)
                return writeByFields(output, plan, place, memo) ?? write(output, place, memo)
              }),
          },
        )
      }
      const plan = fields.planOf(value, validator)
      const byPlan = () => ofJob(place, () => writeByFields(value, plan, place, memo))
      // What the encoder took is what zod would take.
      const settled = plan?.exact ? byPlan() : undefined
      if (settled !== undefined) return settled
      const encodeIt = () => (plan?.exact ? undefined : byPlan()) ?? ofJob(place, () => write(value, place, memo))
      const text = { encode: encodeIt, decode: (written: string) => decode(written, place).value }
      return checkThenEncode(value, { validator, failure }, text)
    },
    fingerprint: (value, place) =>
      ofJob(place, () => {
        const text = writeEnvelope(writeHead(place), new BodyWriter(knowledge, new ReadMemo()).write(value))
        return sealer ? sealer.fingerprint(text, place) : text
      }),
    checkSeal(given, place) {
      if (!sealer) return undefined
      return ofJob(place, () => {
        refuseLarge(given, knowledge.limits, keys)
        return openSealed(sealer, given, place).bond
      })
    },
    reseal: (given, place) =>
      sealer
        ? ofJob(place, () => reseal(unseal(given, { ...place, bond: undefined }, sealer).text, place, sealer))
        : given,
    openBody: (given, place) =>
      ofJob(place, () => {
        if (!sealer) refuseLarge(given, knowledge.limits)
        const text = sealer ? unseal(given, place, sealer).text : given
        if (!sealer) refuseSealed(text)
        return JSON.stringify(openEnvelope(text, place, knowledge.limits).body)
      }),
    encodeThrown: (thrown, place) =>
      encodeThrown(thrown, {
        knowledge,
        write: (value, memo) => write(value, place, memo),
        read: (text) => open(text, place).value,
        job: place.job,
      }),
    decode,
  }
}

function readBody(encoding: string, body: unknown, knowledge: Knowledge): unknown {
  const { limits } = knowledge
  if (encoding === fieldsEncodingId) return build(scan(toEntries(body, limits), knowledge), limits)
  return typeof body === 'number' ? buildSpecial(body) : build(scan(body, knowledge), limits)
}

// What is bounded is the whole text, before anything is made of it.
function refuseLarge(text: unknown, limits: Limits, keys?: Keyring): void {
  if (typeof text !== 'string') throw new BrineError('TEXT_INVALID', 'there is no text to decode', { path: root })
  const most = mostBytes(limits, keys)
  // No character is more than three bytes of UTF-8.
  if (text.length * 3 <= most) return
  const bytes = text.length > most ? text.length : Buffer.byteLength(text)
  if (bytes > most) throw limitExceeded(limits, 'maxBytes', bytes, root)
}

/** Of a text in the clear, or sealed with `keys`: its body, and a few words before it. */
function mostBytes({ maxBytes }: Limits, keys?: Keyring): number {
  const headroom = 1_024
  if (!keys) return maxBytes + headroom
  const encrypts = keys.mode === 'encrypt' || keys.accepts.has('encrypt')
  // What is encrypted stands there in base64.
  return (encrypts ? Math.ceil((maxBytes * 4) / 3) : maxBytes) + headroom + longestBond
}

// A reader without keys could not tell a forged text from a good one: what is sealed was not meant for it.
function refuseSealed(text: string): void {
  if (!isSealed(text)) return
  throw new BrineError('KEY_UNKNOWN', 'it is sealed, and this reader has no keys; see docs/keys.md', { path: root })
}

function sited(surroundings: SealSurroundings | undefined) {
  if (!surroundings) throw new TypeError('a codec with keys must know where its texts are stored')
  const { now, ...site } = surroundings
  return { site, now }
}

function ofJob<T>(place: Place, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw toldOfJob(error, place)
  }
}

function toldOfJob(error: unknown, { job }: Place): unknown {
  if (job === undefined || !(error instanceof BrineError) || error.job !== undefined) return error
  return error.relocated({ job })
}
