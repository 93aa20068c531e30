import { BrineError } from '../errors.ts'
import { defineLimits, type Limits } from '../limits/limits.ts'
import type { Model } from '../model/model.ts'
import { createRegistry } from '../model/registry.ts'
import { type PathStart, pathStart } from '../schema/path-start.ts'
import type { Validator } from '../schema/validate.ts'
import type { Names } from '../schema/way.ts'
import { type Compression, compressBody, expandText } from '../seal/compress.ts'
import type { Keyring } from '../seal/keyring.ts'
import { BodyWriter } from './body-writer.ts'
import { builtIns } from './built-ins.ts'
import { checkThenEncode, parseThenEncode } from './check-then-encode.ts'
import type { CodecContext } from './codec-context.ts'
import { type EnvelopeCodec, type Opened, openEnvelope, type Place, writeEnvelope, writeHead } from './envelope.ts'
import { between, EnvelopePrefixes, versionOf } from './envelope-prefixes.ts'
import { createFieldsCodec } from './fields/fields-codec.ts'
import { fieldsEncodingId } from './fields/layout.ts'
import type { Plan } from './fields/plans.ts'
import { ReadMemo } from './fields/read-memo.ts'
import { encodingId } from './format.ts'
import { openPlainJson } from './plain-json.ts'
import { printedNames } from './printed-names.ts'
import { readBody } from './read-body.ts'
import { createSeals, type SealSurroundings } from './seals.ts'
import { encodeThrown } from './thrown/encode-thrown.ts'

export interface EnvelopeCodecOptions {
  models?: readonly Model[] | undefined
  limits?: Partial<Limits> | undefined
  stacks?: boolean | undefined
  /** See `accept` of QueueDefinition. */
  accept?: 'json' | undefined
  keys?: Keyring | undefined
  compress?: Compression | undefined
  /** Default: as printed-names.ts finds for the models and keys. */
  printedNames?: (() => Names) | undefined
}

// What cannot travel of a failure is found by the paths of refusals, which nobody sees.
const everyName = pathStart(() => 'all')

// An error that did not come from BrineMQ is no text of its own: BullMQ keeps its message.
const kindsOfBullMQ: ReadonlySet<string> = new Set(['payload', 'result', 'progress'])

/** The codec of whole envelopes. Throws MODEL_INVALID, OPTIONS_INVALID and KEYS_INVALID. */
export function createEnvelopeCodec(
  { models = [], limits, stacks = false, accept, keys, compress, printedNames: names }: EnvelopeCodecOptions = {},
  surroundings?: SealSurroundings,
): EnvelopeCodec {
  const knowledge: CodecContext = { registry: createRegistry(models), builtIns, limits: defineLimits(limits), stacks }
  const seals = createSeals(keys, knowledge.limits, surroundings)
  const fields = createFieldsCodec(knowledge)
  const heads = new EnvelopePrefixes(encodingId)
  const start = pathStart(names ?? printedNames({ keys, models }))

  function writeByFields(value: unknown, plan: Plan | undefined, place: Place, memo: ReadMemo): string | undefined {
    const values = plan && fields.encode(value, plan, memo)
    if (plan === undefined || values === undefined) return undefined
    if (keys || compress) return seal(fieldsEncodingId, fields.body(plan, values), place)
    return fields.envelope(plan, place, values)
  }

  function write(value: unknown, place: Place, memo: ReadMemo, from: PathStart): string {
    return writeByFields(value, fields.planOf(value), place, memo) ?? writeGenerally(value, place, memo, from)
  }

  function writeGenerally(value: unknown, place: Place, memo: ReadMemo, from: PathStart): string {
    return seal(encodingId, new BodyWriter(knowledge, memo, from).write(value), place)
  }

  function seal(encoding: string, written: string, place: Place): string {
    const compressed = compressBody(written, compress)
    const head = writeHead(place, { encoding, compressed: compressed !== undefined })
    return seals.seal(head, compressed ?? written, place)
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
      return write(value, place, new ReadMemo(), start)
    } catch (error) {
      throw toldOfJob(error, place)
    }
  }

  function decode(given: string, place: Place, validator?: Validator): Opened {
    try {
      return open(given, place, validator, validator?.start ?? start)
    } catch (error) {
      throw toldOfJob(error, place)
    }
  }

  /** What was written for the place as it is known here, by the very schemas of here or by none. */
  function readWritten(
    text: string,
    place: Place,
    validator: Validator | undefined,
    from: PathStart,
  ): Opened | undefined {
    const byFields = fields.decode(text, place, validator)
    if (byFields) return byFields
    const general = readGeneral(text, place)
    if (general === undefined) return undefined
    return { version: versionOf(place), value: readBody(encodingId, general, knowledge, from) }
  }

  function readExpanded(
    text: string,
    place: Place,
    validator: Validator | undefined,
    from: PathStart,
  ): Opened | undefined {
    const expanded = expandText(text, knowledge.limits)
    return expanded === undefined ? undefined : readWritten(expanded, place, validator, from)
  }

  function open(given: string, place: Place, validator: Validator | undefined, from: PathStart): Opened {
    const { text, bond } = seals.unseal(given, place)
    const opened = read(text, place, validator, from)
    if (bond) opened.bond = bond
    return opened
  }

  function read(text: string, place: Place, validator: Validator | undefined, from: PathStart): Opened {
    const written = readWritten(text, place, validator, from) ?? readExpanded(text, place, validator, from)
    if (written) return written
    if (accept === 'json' && kindsOfBullMQ.has(place.kind)) {
      const plain = openPlainJson(text, knowledge.limits)
      if (plain) return { version: undefined, ...plain }
    }
    const { encoding, body, version } = openEnvelope(text, place, knowledge.limits)
    return { version, value: readBody(encoding, body, knowledge, from) }
  }

  return {
    sealed: keys !== undefined,
    maxTextBytes: seals.maxTextBytes,
    encode,
    encodeGenerally: (value, place) => ofJob(place, () => writeGenerally(value, place, new ReadMemo(), start)),
    encodeChecked(value, place, { validator, failure }) {
      if (validator === undefined) return encode(value, place)
      const memo = new ReadMemo()
      const { parseInput, start: from } = validator
      if (parseInput) {
        return parseThenEncode(
          value,
          { parseInput, failure },
          {
            copy: () => decode(encode(value, place), place).value,
            encode: (output) =>
              ofJob(place, () => {
                const plan = fields.planOf(output, validator)
                return writeByFields(output, plan, place, memo) ?? write(output, place, memo, from)
              }),
          },
        )
      }
      const plan = fields.planOf(value, validator)
      const byPlan = () => ofJob(place, () => writeByFields(value, plan, place, memo))
      // What the encoder took is what zod would take.
      const settled = plan?.exact ? byPlan() : undefined
      if (settled !== undefined) return settled
      const encodeIt = () => (plan?.exact ? undefined : byPlan()) ?? ofJob(place, () => write(value, place, memo, from))
      const text = { encode: encodeIt, decode: (written: string) => decode(written, place).value }
      return checkThenEncode(value, { validator, failure }, text)
    },
    fingerprint: (value, place) =>
      ofJob(place, () => {
        const text = writeEnvelope(writeHead(place), new BodyWriter(knowledge, new ReadMemo(), start).write(value))
        return seals.fingerprint(text, place)
      }),
    checkSeal: (given, place) => ofJob(place, () => seals.checkSeal(given, place)),
    reseal: (given, place) => ofJob(place, () => seals.reseal(given, place)),
    openBody: (given, place) =>
      ofJob(place, () => {
        const { text } = seals.unseal(given, place)
        return JSON.stringify(openEnvelope(text, place, knowledge.limits).body)
      }),
    encodeThrown: (thrown, place) =>
      encodeThrown(thrown, {
        knowledge,
        start,
        write: (value, memo) => write(value, place, memo, everyName),
        read: (text) => open(text, place, undefined, everyName).value,
        job: place.job,
      }),
    decode,
  }
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
