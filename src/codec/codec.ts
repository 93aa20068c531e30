import type { z } from 'zod'
import type { Model } from '../model/model.ts'
import { checkOptions } from '../options.ts'
import { createValidator, type Validator } from '../schema/validate.ts'
import { createEnvelopeCodec } from './envelope-codec.ts'
import type { Limits } from './limits.ts'

/** Options of {@link createCodec}. */
export interface CodecOptions {
  /** The classes that may travel. */
  models?: readonly Model[]
  /** See {@link Limits}; what is not given keeps its default. */
  limits?: Partial<Limits>
  /** Let errors carry their stacks. They name files and lines of the machine that threw them. Default false. */
  stacks?: boolean
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
   * EXTRA_PROPERTY, MODEL_THREW, CYCLE_THROUGH_DECODE and LIMIT_EXCEEDED, and VALUE_INVALID when the schema refuses it.
   */
  decode(text: string): unknown
  decode<S extends z.ZodType>(text: string, schema: S): z.output<S>
}

/** The names of {@link CodecOptions}. */
export const codecOptions = ['models', 'limits', 'stacks'] as const

const place = { kind: 'value' } as const

/**
 * A codec on its own: what pickle calls dumps and loads, for texts that go elsewhere than through a queue.
 *
 * Throws MODEL_INVALID and OPTIONS_INVALID.
 *
 * @example
 * const codec = createCodec({ models: [person] })
 * const text = codec.encode(new Person('John', 20))
 * const john = codec.decode(text, person.schema)
 */
export function createCodec(options: CodecOptions = {}): Codec {
  checkOptions(options, codecOptions, 'createCodec')
  const envelopes = createEnvelopeCodec(options)
  const validators = new WeakMap<z.ZodType, Validator>()

  function decode(text: string, schema?: z.ZodType): unknown {
    const { value } = envelopes.decode(text, place)
    if (schema === undefined) return value
    let validator = validators.get(schema)
    if (validator === undefined) {
      validator = createValidator(schema)
      validators.set(schema, validator)
    }
    return validator.readOutputSync(value, { code: 'VALUE_INVALID' }).value
  }

  return { encode: (value) => envelopes.encode(value, place), decode }
}
