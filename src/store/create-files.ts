import type { z } from 'zod'
import { type CodecOptions, codecOptions } from '../codec/codec.ts'
import { BrineError } from '../errors.ts'
import { defineLimits, limitExceeded } from '../limits/limits.ts'
import { checkOptions } from '../options.ts'
import { root } from '../path.ts'
import { isError } from '../realm/is-error.ts'
import { OversizedFile, readBounded } from './read-file.ts'
import { IrregularFile } from './regular-file.ts'
import { replaceFile } from './replace-file.ts'
import { createValueCodec } from './value-codec.ts'
import { nameOf, withLocation } from './with-location.ts'

/** Objects in files. Made by `createFiles`; nothing stays open, so there is nothing to close. */
export interface Files {
  /**
   * Writes a value to a file: what pickle calls dump. A reader sees the old file or the new one, never a part, and a failure
   * leaves the old one as it was. The file holds what `codec.encode` gives, as UTF-8. Only its owner can read a new file (mode 0600); a
   * file that was there keeps its mode.
   *
   * Throws what `codec.encode` throws, UNSUPPORTED_VALUE for a value with a `then` method, and FILE_UNWRITABLE.
   */
  write(path: string, value: unknown): Promise<void>

  /**
   * Reads what `write` wrote: what pickle calls load. With a schema the value is checked, and typed.
   *
   * Throws FILE_UNREADABLE when the file is missing, not a regular file, or cannot be read; LIMIT_EXCEEDED, before it is loaded, when it is
   * larger than the limits allow; TEXT_INVALID and what else `codec.decode` throws when it is damaged; VALUE_INVALID when the schema
   * refuses its value.
   */
  read(path: string): Promise<unknown>
  read<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>>
}

/**
 * Files for the objects of these models. Throws MODEL_INVALID, OPTIONS_INVALID and KEYS_INVALID.
 *
 * @example
 * const files = createFiles({ models: [person] })
 * await files.write('person.json', new Person('John', 20))
 * const john = await files.read('person.json', person.schema)
 */
export function createFiles(options: CodecOptions = {}): Files {
  checkOptions(options, codecOptions, 'createFiles')
  const codec = createValueCodec('file', options)
  const limits = defineLimits(options.limits)
  return {
    async write(path: string, value: unknown) {
      const text = codec.encode(path, value)
      try {
        await replaceFile(path, text)
      } catch (cause) {
        throw new BrineError('FILE_UNWRITABLE', `${nameOf('file', path)} cannot be written: ${reason(cause)}`, {
          cause,
        })
      }
    },

    async read(path: string, schema?: z.ZodType) {
      const bytes = await readBounded(path, codec.maxTextBytes).catch((cause: unknown) => {
        if (cause instanceof OversizedFile)
          throw withLocation('file', path, limitExceeded(limits, 'maxBytes', cause.bytes, root))
        throw new BrineError('FILE_UNREADABLE', `${nameOf('file', path)} cannot be read: ${reason(cause)}`, { cause })
      })
      return codec.decode(path, bytes, schema)
    },
  }
}

function reason(error: unknown): string {
  if (error instanceof IrregularFile) return error.message
  const code: unknown = isError(error) ? Reflect.get(error, 'code') : undefined
  if (code === 'ENOENT') return 'there is no such file or folder'
  return typeof code === 'string' ? code : 'see the cause'
}
