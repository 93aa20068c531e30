import type { z } from 'zod'
import type { CodecOptions } from '../codec/codec.ts'
import { createEnvelopeCodec } from '../codec/envelope-codec.ts'
import { createValidator, type Validator } from '../schema/validate.ts'
import { type Keeper, keptIn } from './kept-in.ts'
import { refuseThenable } from './refuse-thenable.ts'
import { textOf } from './text-of.ts'

/** Values to text and back. Every error of ours names the key or file that the text is kept in. */
export interface ValueCodec {
  encode(name: string, value: unknown): string
  /** The same for a value that must be one that `schema` accepts. */
  encodeChecked(name: string, value: unknown, schema: z.ZodType | undefined): Promise<string>
  decode(name: string, stored: string | Uint8Array, schema: z.ZodType | undefined): Promise<unknown>
}

const place = { kind: 'value' } as const
const failure = { code: 'VALUE_INVALID' } as const

/** Throws MODEL_INVALID and OPTIONS_INVALID. */
export function createValueCodec(keeper: Keeper, options: CodecOptions): ValueCodec {
  const envelopes = createEnvelopeCodec(options)
  const validators = new WeakMap<z.ZodType, Validator>()

  function validatorOf(schema: z.ZodType): Validator {
    const known = validators.get(schema)
    if (known) return known
    const validator = createValidator(schema)
    validators.set(schema, validator)
    return validator
  }

  function encode(name: string, value: unknown): string {
    try {
      // The encoder first: it refuses what would run code, which looking for a `then` might.
      const text = envelopes.encode(value, place)
      refuseThenable(value)
      return text
    } catch (error) {
      throw keptIn(keeper, name, error)
    }
  }

  return {
    encode,
    async encodeChecked(name, value, schema) {
      try {
        if (schema) await validatorOf(schema).checkInput(value, failure)
      } catch (error) {
        throw keptIn(keeper, name, error)
      }
      return encode(name, value)
    },
    async decode(name, stored, schema) {
      try {
        const opened = envelopes.decode(typeof stored === 'string' ? stored : textOf(stored), place)
        const { value } = schema ? await validatorOf(schema).readOutput(opened.value, failure) : opened
        refuseThenable(value)
        return value
      } catch (error) {
        throw keptIn(keeper, name, error)
      }
    },
  }
}
