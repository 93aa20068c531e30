import type { z } from 'zod'
import { type CodecOptions, checkCodecOptions } from '../codec/codec.ts'
import type { Checked, Place } from '../codec/envelope.ts'
import { createEnvelopeCodec } from '../codec/envelope-codec.ts'
import { printedNamesBy } from '../codec/printed-names.ts'
import { visitsOf } from '../schema/effort.ts'
import { createValidator, type Validator } from '../schema/validate.ts'
import { refuseThenable } from './refuse-thenable.ts'
import { textOf } from './text-of.ts'
import { type Keeper, withLocation } from './with-location.ts'

/** Values to text and back. Every error of ours names the key or file that the text is kept in. */
export interface ValueCodec {
  /** A stored text of more bytes is refused, so nobody needs to load it. */
  readonly maxTextBytes: number
  encode(name: string, value: unknown): string
  /** The same for a value that must be one that `schema` accepts. */
  encodeChecked(name: string, value: unknown, schema: z.ZodType | undefined): Promise<string>
  /** The value, or a promise of it where zod has to look at it. */
  decode(name: string, stored: string | Uint8Array, schema: z.ZodType | undefined): unknown
}

const failure = { code: 'VALUE_INVALID' } as const

/**
 * A key's text is sealed for that key, as Redis has it: `prefix` and name. A file's is bound to no path, since files are moved
 * by those who own them. Throws MODEL_INVALID, OPTIONS_INVALID and KEYS_INVALID.
 */
export function createValueCodec(keeper: Keeper, options: CodecOptions, prefix = ''): ValueCodec {
  const purpose = keeper === 'key' ? 'store' : 'file'
  const surroundings = { purpose, prefix: '', queue: '', now: Date.now } as const
  const checkedOptions = checkCodecOptions(options)
  const envelopes = createEnvelopeCodec(checkedOptions, surroundings)
  const validators = new WeakMap<z.ZodType, Validator>()

  function placeOf(name: string): Place {
    return keeper === 'key' ? { kind: 'value', id: prefix + name } : { kind: 'value' }
  }

  function validatorOf(schema: z.ZodType | undefined): Validator | undefined {
    if (schema === undefined) return undefined
    const known = validators.get(schema)
    if (known) return known
    const validator = createValidator(schema, {
      visits: visitsOf(options.limits),
      names: printedNamesBy(schema, checkedOptions.printedNames),
    })
    validators.set(schema, validator)
    return validator
  }

  function encode(name: string, value: unknown): string {
    try {
      // The encoder first: it refuses what would run code, which looking for a `then` might.
      const text = envelopes.encode(value, placeOf(name))
      refuseThenable(value)
      return text
    } catch (error) {
      throw withLocation(keeper, name, error)
    }
  }

  async function validated(name: string, read: unknown, validator: Validator): Promise<unknown> {
    try {
      const { value } = await validator.readOutput(read, failure)
      refuseThenable(value)
      return value
    } catch (error) {
      throw withLocation(keeper, name, error)
    }
  }

  return {
    maxTextBytes: envelopes.maxTextBytes,
    encode,
    async encodeChecked(name, value, schema) {
      try {
        const checked: Checked = { validator: validatorOf(schema), failure }
        const encoded = envelopes.encodeChecked(value, placeOf(name), checked)
        const text = encoded instanceof Promise ? await encoded : encoded
        refuseThenable(value)
        return text
      } catch (error) {
        throw withLocation(keeper, name, error)
      }
    },
    decode(name, stored, schema) {
      try {
        const validator = validatorOf(schema)
        const text = typeof stored === 'string' ? stored : textOf(stored)
        const opened = envelopes.decode(text, placeOf(name), validator)
        if (validator && !opened.checked) return validated(name, opened.value, validator)
        refuseThenable(opened.value)
        return opened.value
      } catch (error) {
        throw withLocation(keeper, name, error)
      }
    },
  }
}
