import { isDisguised } from '../containers.ts'
import type { Encode, EncodeField } from './compile-encoder.ts'
import type { FieldsWriter } from './fields-writer.ts'
import { isPlainNumber } from './form.ts'
import { ABSENT, PRESENT, UNDEFINED_THERE } from './layout.ts'

type EncodeObject = (object: object, writer: FieldsWriter) => boolean

/** Plain objects of exactly these fields, in this order. */
export function encodePlainObject(fields: readonly EncodeField[]): Encode {
  const encodeFields = encodeOwn(fields, false)
  return (value, writer) => {
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false
    if (!writer.enter(value) || isDisguised(value)) return false
    writer.objects += 1
    return encodeFields(value, writer) && writer.leave()
  }
}

/**
 * Fields that are an object's own properties, all of them, in this order: it comes back with its keys in the order of the layout.
 * `inherits` when one that it lacks may come from its prototype, which is refused elsewhere.
 */
export function encodeOwn(fields: readonly EncodeField[], inherits: boolean): EncodeObject {
  return (object, writer) => {
    // It lists names that are integers by a hash that strangers can make collide: see key-collisions.ts.
    if (Object.keys(object).length > fields.length) return false
    const names = Object.getOwnPropertyNames(object)
    if (names.length > fields.length || Object.getOwnPropertySymbols(object).length > 0) return false
    let at = 0
    for (const field of fields) {
      if (names[at] !== field.name) {
        if (!field.optional || (inherits && field.name in object)) return false
        writer.values.push(ABSENT)
        continue
      }
      at += 1
      const property = Object.getOwnPropertyDescriptor(object, field.name)
      if (property === undefined || !property.enumerable) return false
      if (property.get !== undefined || property.set !== undefined) return false
      if (!encodePresent(field, property.value, writer)) return false
    }
    return at === names.length
  }
}

/** Fields of an instance that its model's own code builds again, which knows what else it needs: see encode-fields.ts. */
export function readDeclared(fields: readonly EncodeField[]): EncodeObject {
  return (instance, writer) => {
    for (const field of fields) {
      const property = Object.getOwnPropertyDescriptor(instance, field.name)
      if (property !== undefined) {
        if (property.get !== undefined || property.set !== undefined) return false
        if (!encodePresent(field, property.value, writer)) return false
      } else if (field.name in instance) {
        if (!encodePresent(field, Reflect.get(instance, field.name), writer)) return false
      } else {
        if (!field.optional) return false
        writer.values.push(ABSENT)
      }
    }
    return true
  }
}

function encodePresent(field: EncodeField, value: unknown, writer: FieldsWriter): boolean {
  const { only } = field
  if (only === 'string') {
    if (typeof value !== 'string') return false
    writer.values.push(value)
    return true
  }
  if (only === 'number') {
    if (typeof value !== 'number' || !isPlainNumber(value)) return false
    writer.values.push(value)
    return true
  }
  if (field.optional) {
    const isThere = value !== undefined || !field.undefinable
    writer.values.push(isThere ? PRESENT : UNDEFINED_THERE)
    if (!isThere) return true
  }
  return field.encode(value, writer)
}
