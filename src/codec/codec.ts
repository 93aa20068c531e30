import type { z } from 'zod'
import type { Limits } from '../limits/limits.ts'
import type { Model } from '../model/model.ts'
import { checkOptions } from '../options.ts'
import { visitsOf } from '../schema/effort.ts'
import { createValidator, type Validator } from '../schema/validate.ts'
import type { Names } from '../schema/way.ts'
import { type Compression, checkCompression } from '../seal/compress.ts'
import { type Keys, keysOf } from '../seal/define-keys.ts'
import { createEnvelopeCodec, type EnvelopeCodecOptions } from './envelope-codec.ts'
import { printedNames, printedNamesBy } from './printed-names.ts'

/** Options of {@link createCodec}. */
export interface CodecOptions {
  /** The classes that may travel. */
  models?: readonly Model[]
  /** See {@link Limits}; what is not given keeps its default. */
  limits?: Partial<Limits>
  /** Let errors carry their stacks. They name files and lines of the machine that threw them. Default false. */
  stacks?: boolean
  /**
   * Seals what is written, and takes nothing else: see docs/keys.md. Undefined or empty keys are refused, so that a variable
   * which is not set cannot turn seals off.
   */
  keys?: Keys | undefined
  /** Compress large bodies. Default never: stored texts stay readable, and see docs/keys.md for what it tells of encrypted ones. */
  compress?: Compression | undefined
}

/** Value to text and back. Pure: it knows no Redis, no clock and no environment. */
export interface Codec {
  /**
   * The text of a value, which is JSON that any tool can read. Throws UNSUPPORTED_VALUE, UNREGISTERED_CLASS, EXTRA_PROPERTY,
   * ACCESSOR, CYCLE_THROUGH_DECODE, FIELDS_INVALID, MODEL_THREW and LIMIT_EXCEEDED, each with the path of what it refuses.
   */
  encode(value: unknown): string
  /**
   * The value of a text. Throws TEXT_INVALID, ENCODING_UNKNOWN, TAG_UNKNOWN, VERSION_NEWER, VERSION_OLDER, FIELDS_INVALID,
   * EXTRA_PROPERTY, UPCAST_FAILED, MODEL_THREW, CYCLE_THROUGH_DECODE and LIMIT_EXCEEDED, and VALUE_INVALID when the schema
   * refuses it; with keys also SEAL_MISSING, SEAL_INVALID and KEY_UNKNOWN.
   */
  decode(text: string): unknown
  decode<S extends z.ZodType>(text: string, schema: S): z.output<S>
}

/** The names of {@link CodecOptions}. */
export const codecOptions = ['models', 'limits', 'stacks', 'keys', 'compress'] as const

type CheckedCodecOptions = EnvelopeCodecOptions & { printedNames: () => Names }

/** The options as the codec of envelopes takes them. Throws OPTIONS_INVALID and KEYS_INVALID. */
export function checkCodecOptions(options: CodecOptions): CheckedCodecOptions {
  const { models, limits, stacks, compress } = options
  const keys = keysOf(options)
  const names = printedNames({ keys, models })
  return { models, limits, stacks, compress: checkCompression(compress), keys, printedNames: names }
}

const place = { kind: 'value' } as const

/**
 * A codec on its own: what pickle calls dumps and loads, for texts that go elsewhere than through a queue.
 *
 * With keys a text is bound to no place: any codec with the same keys opens it. Throws MODEL_INVALID, OPTIONS_INVALID and
 * KEYS_INVALID.
 *
 * @example
 * const codec = createCodec({ models: [person] })
 * const text = codec.encode(new Person('John', 20))
 * const john = codec.decode(text, person.schema)
 */
export function createCodec(options: CodecOptions = {}): Codec {
  checkOptions(options, codecOptions, 'createCodec')
  const checked = checkCodecOptions(options)
  const envelopes = createEnvelopeCodec(checked, { purpose: 'codec', prefix: '', queue: '' })
  const validators = new WeakMap<z.ZodType, Validator>()

  function decode(text: string, schema?: z.ZodType): unknown {
    if (schema === undefined) return envelopes.decode(text, place).value
    let validator = validators.get(schema)
    if (validator === undefined) {
      validator = createValidator(schema, {
        visits: visitsOf(options.limits),
        names: printedNamesBy(schema, checked.printedNames),
      })
      validators.set(schema, validator)
    }
    const { value, checked: isChecked } = envelopes.decode(text, place, validator)
    return isChecked ? value : validator.readOutputSync(value, { code: 'VALUE_INVALID' }).value
  }

  return { encode: (value) => envelopes.encode(value, place), decode }
}
