import type { Model } from '../../model/model.ts'
import { isCanonicalInteger } from '../leaves.ts'
import { decodeDictionary, decodeList, decodeMap, decodeSet, decodeTuple } from './decode-containers.ts'
import { type FieldsReader, failed } from './fields-reader.ts'
import { type Form, type FormField, isPlainNumber } from './form.ts'
import { ABSENT, PRESENT, UNDEFINED_THERE } from './layout.ts'

/** Reads the next value, when it is exactly what its form says; else gives `failed`. It judges nothing: see Form. */
export type Decode = (reader: FieldsReader) => unknown

/** How a field's value is read, by its presence. */
export interface DecodeField extends Omit<FormField, 'of'> {
  readonly decode: Decode
  readonly only: 'string' | 'number' | undefined
}

/** Gives what reads the instances of a model. It may be asked while that is still being compiled. */
export type DecoderOf = (model: Model) => Decode

/** Turns a form into what reads its values, once. */
export function compileDecoder(form: Form, decoderOf: DecoderOf): Decode {
  const compile = (inner: Form) => compileDecoder(inner, decoderOf)
  switch (form.kind) {
    case 'plain': {
      const { test } = form
      return (reader) => {
        const value = reader.next()
        return test(value) ? value : failed
      }
    }
    case 'bigint':
      return decodeBigInt(form.test)
    case 'date':
      return decodeDate(form.test)
    case 'list':
      return decodeList(compile(form.of), form.test)
    case 'tuple':
      return decodeTuple(form.of.map(compile))
    case 'set':
      return decodeSet(compile(form.of), form.test)
    case 'map':
      return decodeMap(compile(form.key), compile(form.value), form.test)
    case 'dictionary':
      return decodeDictionary(compile(form.of), form.test)
    case 'object':
      return decodeObject(compileDecodeFields(form.fields, decoderOf))
    case 'nullable':
      return decodeNullable(compile(form.of))
    case 'either':
      return decodeEither(form.of.map(compile))
    case 'model':
      return decoderOf(form.model)
  }
}

export function compileDecodeFields(fields: readonly FormField[], decoderOf: DecoderOf): DecodeField[] {
  return fields.map(({ of, name, optional, undefinable }) => {
    const only = of.kind === 'plain' && !optional ? of.only : undefined
    return { name, optional, undefinable, decode: compileDecoder(of, decoderOf), only }
  })
}

/** Reads fields onto an object that has none of them, nor inherits any. */
export function decodeOnto(object: object, fields: readonly DecodeField[], reader: FieldsReader): boolean {
  const record = object as Record<string, unknown>
  const { values } = reader
  for (const field of fields) {
    const { only } = field
    if (only !== undefined) {
      const value = values[reader.at]
      reader.at += 1
      if (only === 'string' ? typeof value !== 'string' : typeof value !== 'number' || !isPlainNumber(value))
        return false
      record[field.name] = value
      continue
    }
    if (field.optional) {
      const presence = reader.next()
      if (presence === ABSENT) continue
      if (presence !== PRESENT) {
        if (presence !== UNDEFINED_THERE || !field.undefinable) return false
        record[field.name] = undefined
        continue
      }
    }
    const value = field.decode(reader)
    if (value === failed) return false
    record[field.name] = value
  }
  return true
}

function decodeObject(fields: readonly DecodeField[]): Decode {
  return (reader) => {
    if (!reader.enter()) return failed
    const object = {}
    if (!decodeOnto(object, fields, reader)) return failed
    reader.leave()
    return object
  }
}

const mostMs = 8.64e15

function decodeDate(test: (ms: number) => boolean): Decode {
  return (reader) => {
    const ms = reader.next()
    if (typeof ms !== 'number' || !Number.isInteger(ms) || Object.is(ms, -0)) return failed
    return ms <= mostMs && ms >= -mostMs && test(ms) ? new Date(ms) : failed
  }
}

const exactDigits = 16

function decodeBigInt(test: (value: bigint) => boolean): Decode {
  return (reader) => {
    const stored = reader.next()
    const { maxBigIntDigits } = reader.limits
    if (maxBigIntDigits < exactDigits) return failed
    if (typeof stored === 'number') {
      if (!Number.isSafeInteger(stored) || Object.is(stored, -0)) return failed
    } else {
      if (typeof stored !== 'string' || stored.length > maxBigIntDigits) return failed
      if (!isCanonicalInteger(stored) || Number.isSafeInteger(Number(stored))) return failed
    }
    const value = BigInt(stored)
    return test(value) ? value : failed
  }
}

function decodeNullable(decode: Decode): Decode {
  return (reader) => {
    const isThere = reader.next()
    if (isThere === PRESENT) return decode(reader)
    return isThere === ABSENT ? null : failed
  }
}

function decodeEither(decoders: readonly Decode[]): Decode {
  return (reader) => {
    const index = reader.next()
    const decode = typeof index === 'number' ? decoders[index] : undefined
    return decode === undefined || Object.is(index, -0) ? failed : decode(reader)
  }
}
