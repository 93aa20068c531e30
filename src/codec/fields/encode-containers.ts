import { hasManyIntegers } from '../../limits/key-collisions.ts'
import { getterOf } from '../../realm/intrinsics.ts'
import { isDisguised } from '../containers.ts'
import type { Encode } from './compile-encoder.ts'
import type { FieldsWriter } from './fields-writer.ts'

type SizeTest = (size: number) => boolean

const { forEach: eachMember } = Set.prototype
const { forEach: eachEntry } = Map.prototype
const sizeOfSet = getterOf(Set.prototype, 'size')
const sizeOfMap = getterOf(Map.prototype, 'size')
type Lookup = (this: object, name: PropertyKey) => unknown
const lookupGetter = Reflect.get(Object.prototype, '__lookupGetter__') as Lookup

export function encodeList(encode: Encode, test: SizeTest): Encode {
  return (value, writer) => {
    if (!isDense(value, writer) || !test(value.length)) return false
    writer.values.push(value.length)
    for (let index = 0; index < value.length; index += 1) {
      if (!encodeElement(value, index, encode, writer)) return false
    }
    return writer.leave()
  }
}

export function encodeTuple(encoders: readonly Encode[]): Encode {
  return (value, writer) => {
    if (!isDense(value, writer) || value.length !== encoders.length) return false
    writer.objects += 1
    for (const [index, encode] of encoders.entries()) if (!encodeElement(value, index, encode, writer)) return false
    return writer.leave()
  }
}

/** Whether a value is an array without holes that has nothing beside its elements, and goes into it. */
function isDense(value: unknown, writer: FieldsWriter): value is readonly unknown[] {
  if (!Array.isArray(value) || Object.getPrototypeOf(value) !== Array.prototype) return false
  if (value.length > writer.limits.maxArrayLength || !writer.enter(value)) return false
  const names = Object.getOwnPropertyNames(value)
  // Indices come first, then `length`, then anything else.
  if (names.length !== value.length + 1 || names[value.length] !== 'length') return false
  return Object.keys(value).length === value.length && Object.getOwnPropertySymbols(value).length === 0
}

// No form takes undefined, which is also what a setter alone would give.
function encodeElement(array: readonly unknown[], index: number, encode: Encode, writer: FieldsWriter): boolean {
  return lookupGetter.call(array, index) === undefined && encode(array[index], writer)
}

export function encodeSet(encode: Encode, test: SizeTest): Encode {
  return (value, writer) => {
    if (!isBare(value, Set.prototype, writer)) return false
    const size = Number(sizeOfSet.call(value))
    if (!test(size)) return false
    writer.values.push(size)
    let taken = true
    eachMember.call(value, (member) => {
      taken &&= encode(member, writer)
    })
    return taken && writer.leave()
  }
}

export function encodeMap(encodeKey: Encode, encodeValue: Encode, test: SizeTest): Encode {
  return (value, writer) => {
    if (!isBare(value, Map.prototype, writer)) return false
    const size = Number(sizeOfMap.call(value))
    if (!test(size)) return false
    writer.values.push(size)
    let taken = true
    eachEntry.call(value, (inner, key) => {
      taken &&= encodeKey(key, writer) && encodeValue(inner, writer)
    })
    return taken && writer.leave()
  }
}

function isBare<T extends object>(value: unknown, prototype: T, writer: FieldsWriter): value is T {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== prototype) return false
  return writer.enter(value) && Reflect.ownKeys(value).length === 0
}

/** Plain objects of any names. */
export function encodeDictionary(encode: Encode, test: (name: string) => boolean): Encode {
  return (value, writer) => {
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false
    if (!writer.enter(value) || isDisguised(value)) return false
    if (hasManyIntegers(Object.keys(value))) return false
    const names = Object.getOwnPropertyNames(value)
    if (Object.getOwnPropertySymbols(value).length > 0) return false
    writer.values.push(names.length)
    for (const name of names) {
      const property = Object.getOwnPropertyDescriptor(value, name)
      if (name === '__proto__' || property === undefined || !property.enumerable || !test(name)) return false
      if (property.get !== undefined || property.set !== undefined) return false
      writer.values.push(name)
      if (!encode(property.value, writer)) return false
    }
    return writer.leave()
  }
}
