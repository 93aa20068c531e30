import type { Model } from '../../model/model.ts'
import { isErrorClass } from '../../realm/is-error.ts'
import { decimalDigits } from '../decimal-digits.ts'
import { encodeDictionary, encodeList, encodeMap, encodeSet, encodeTuple } from './encode-containers.ts'
import { encodeOwn, encodePlainObject, readDeclared } from './encode-object.ts'
import type { FieldsWriter } from './fields-writer.ts'
import type { Form, FormField } from './form.ts'

/**
 * Writes one value behind those that are written, when it is exactly what its form says and can be carried exactly; else gives
 * false, and what it wrote is of no use. It judges nothing: see Form.
 */
export type Encode = (value: unknown, writer: FieldsWriter) => boolean

/** How a field's value is written, by its presence. */
export interface EncodeField extends Omit<FormField, 'of'> {
  readonly encode: Encode
  readonly only: 'string' | 'number' | undefined
}

/** Gives what writes the instances of a model. It may be asked while that is still being compiled. */
export type EncoderOf = (model: Model) => Encode

/** Turns a form into what writes its values, once. */
export function compileEncoder(form: Form, encoderOf: EncoderOf): Encode {
  const compile = (inner: Form) => compileEncoder(inner, encoderOf)
  switch (form.kind) {
    case 'plain': {
      const { test } = form
      return (value, { values }) => {
        if (!test(value)) return false
        values.push(value)
        return true
      }
    }
    case 'bigint':
      return encodeBigInt(form.test)
    case 'date':
      return encodeDate(form.test)
    case 'list':
      return encodeList(compile(form.of), form.test)
    case 'tuple':
      return encodeTuple(form.of.map(compile))
    case 'set':
      return encodeSet(compile(form.of), form.test)
    case 'map':
      return encodeMap(compile(form.key), compile(form.value), form.test)
    case 'dictionary':
      return encodeDictionary(compile(form.of), form.test)
    case 'object':
      return encodePlainObject(compileFields(form.fields, encoderOf))
    case 'nullable':
      return encodeNullable(compile(form.of))
    case 'either':
      return encodeEither(form.of.map(compile))
    case 'model':
      return encoderOf(form.model)
  }
}

function compileFields(fields: readonly FormField[], encoderOf: EncoderOf): EncodeField[] {
  return fields.map(({ of, name, optional, undefinable }) => {
    const only = of.kind === 'plain' && !optional ? of.only : undefined
    return { name, optional, undefinable, encode: compileEncoder(of, encoderOf), only }
  })
}

/** What writes the instances of a model. `exact` says that nothing is left of its schema for zod to check. */
export function compileModelEncoder(
  { model, form, exact }: { model: Model; form: Form; exact: boolean },
  encoderOf: EncoderOf,
): Encode {
  const { prototype } = model.class
  const encodeFields = compileModelFields({ model, form, exact }, encoderOf)
  return (value, writer) => {
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== prototype) return false
    if (!writer.enter(value)) return false
    writer.objects += 2
    return encodeFields(value, writer) && writer.leave()
  }
}

type EncodeObject = (instance: object, writer: FieldsWriter) => boolean

function compileModelFields(
  { model, form, exact }: { model: Model; form: Form; exact: boolean },
  encoderOf: EncoderOf,
): EncodeObject {
  const ofRecord = form.kind === 'object' && model.reads !== 'encode'
  const fields = ofRecord ? compileFields(form.fields, encoderOf) : []
  const isError = isErrorClass(model.class)
  // Errors hide some of what they have, which the model's reader knows.
  if (ofRecord && exact && !isError) {
    return model.reads === 'own' ? encodeOwn(fields, true) : readDeclared(fields)
  }
  const encodeRecord = encodeOwn(fields, false)
  const encodeRead: Encode = ofRecord
    ? (read, writer) => encodeRecord(read as object, writer)
    : compileEncoder(form, encoderOf)
  return (instance, writer) => {
    // Only the general encoding has room for what an error has beside its fields.
    if (isError && writer.memo.extras(model, instance, writer.stacks) !== undefined) return false
    const read = writer.memo.read(model, instance)
    if (!exact) model.check(read, writer.effort)
    return encodeRead(read, writer)
  }
}

const { getTime } = Date.prototype

function encodeDate(test: (ms: number) => boolean): Encode {
  return (value, writer) => {
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Date.prototype) return false
    const ms = getTime.call(value)
    // An invalid date is NaN, which no test of a valid one would refuse.
    if (Number.isNaN(ms) || !test(ms) || Reflect.ownKeys(value).length > 0 || !writer.enter(value)) return false
    writer.values.push(ms)
    return writer.leave()
  }
}

const exactDigits = 16

function encodeBigInt(test: (value: bigint) => boolean): Encode {
  return (value, { values, limits }) => {
    if (typeof value !== 'bigint' || !test(value)) return false
    const number = Number(value)
    if (Number.isSafeInteger(number)) {
      if (limits.maxBigIntDigits < exactDigits) return false
      values.push(number)
      return true
    }
    const digits = decimalDigits(value, limits.maxBigIntDigits)
    if (typeof digits !== 'string') return false
    values.push(digits)
    return true
  }
}

function encodeNullable(encode: Encode): Encode {
  return (value, writer) => {
    writer.values.push(value === null ? 0 : 1)
    return value === null || encode(value, writer)
  }
}

function encodeEither(encoders: readonly Encode[]): Encode {
  return (value, writer) =>
    encoders.some((encode, index) =>
      writer.try(() => {
        writer.values.push(index)
        return encode(value, writer)
      }),
    )
}
