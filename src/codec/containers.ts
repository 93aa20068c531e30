import { types } from 'node:util'
import { limitExceeded } from '../limits/limits.ts'
import type { BodyWriter } from './body-writer.ts'
import type { WriteKind } from './codec-context.ts'
import { HOLE, SPARSE } from './format.ts'
import type { Node } from './node.ts'
import { ownStrings, readOwn, refuseOwn } from './own-properties.ts'
import { quote } from './quote.ts'

const objectTag = Object.prototype.toString
const mapEntries = Map.prototype.forEach
const setMembers = Set.prototype.forEach

export const writePlain: WriteKind = (node, body) => {
  let text = ''
  for (const name of plainNames(node, body)) {
    text += `${text === '' ? '' : ','}${quote(name)}:${body.ref(readOwn(node, name, body), node, name)}`
  }
  return `{${text}}`
}

export const writeNullPrototype: WriteKind = (node, body) => {
  let text = '["null"'
  for (const name of plainNames(node, body))
    text += `,${quote(name)},${body.ref(readOwn(node, name, body), node, name)}`
  return `${text}]`
}

export const writeMap: WriteKind = (node, body) => {
  refuseOwn(node, body)
  let text = '["Map"'
  let step = 0
  const keys: unknown[] = []
  mapEntries.call(node.value, (value, key) => {
    keys.push(key)
    text += `,${body.ref(key, node, step)},${body.ref(value, node, step + 1)}`
    step += 2
  })
  body.collisions.take(keys, () => body.pathOf(node))
  return `${text}]`
}

export const writeSet: WriteKind = (node, body) => {
  refuseOwn(node, body)
  let text = '["Set"'
  let step = 0
  const members: unknown[] = []
  setMembers.call(node.value, (member) => {
    members.push(member)
    text += `,${body.ref(member, node, step)}`
    step += 1
  })
  body.collisions.take(members, () => body.pathOf(node))
  return `${text}]`
}

export const writeArray: WriteKind = (node, body) => {
  const array = node.value
  if (!Array.isArray(array))
    throw body.refuse('UNSUPPORTED_VALUE', 'this has the prototype of Array, but is none', node)
  const { length } = array
  const { limits } = body
  if (length > limits.maxArrayLength) throw limitExceeded(limits, 'maxArrayLength', length, body.pathOf(node))
  const present = indexNames(node, array, body)
  const holes = length - present.length
  if (holes > limits.maxHoles) throw limitExceeded(limits, 'maxHoles', holes, body.pathOf(node))
  if (holes > 0 && sparseIsShorter(length, present.length)) return writeSparse(node, array, present, body)
  let text = ''
  for (let index = 0; index < length; index += 1) {
    if (index > 0) text += ','
    text +=
      holes > 0 && !Object.hasOwn(array, index) ? HOLE : body.ref(readElement(node, array, index, body), node, index)
  }
  return `[${text}]`
}

function writeSparse(node: Node, array: unknown[], present: string[], body: BodyWriter): string {
  let text = `[${SPARSE},${array.length}`
  for (const name of present) {
    const index = Number(name)
    text += `,${index},${body.ref(readElement(node, array, index, body), node, index)}`
  }
  return `${text}]`
}

// devalue's own rule, so that both write a sparse array alike: a hole costs three characters, an index its digits.
function sparseIsShorter(length: number, present: number): boolean {
  const digits = `${length}`.length
  return (length - present) * 3 > 4 + digits + present * (digits + 1)
}

/** The names of an array's elements, which come before `length` in every array. Anything behind it would be lost. */
function indexNames(node: Node, array: unknown[], body: BodyWriter): string[] {
  const names = ownStrings(node, body)
  const last = names.pop()
  if (last !== 'length')
    throw body.refuse('EXTRA_PROPERTY', 'a property of an array that is no element would be lost', node, last)
  const index = names.at(-1)
  if (index !== undefined && !(Number(index) < array.length)) {
    throw body.refuse('EXTRA_PROPERTY', 'a property of an array that is no element would be lost', node, index)
  }
  refuseHidden(node, names, Object.keys(array), body)
  return names
}

type Lookup = (this: object, name: PropertyKey) => unknown
const getterOf = Reflect.get(Object.prototype, '__lookupGetter__') as Lookup
const setterOf = Reflect.get(Object.prototype, '__lookupSetter__') as Lookup

// A descriptor for each element would cost three times as much as this, and arrays may be long.
function readElement(node: Node, array: unknown[], index: number, body: BodyWriter): unknown {
  if (getterOf.call(array, index) === undefined) {
    const value = array[index]
    if (value !== undefined || setterOf.call(array, index) === undefined) return value
  }
  throw body.refuse('ACCESSOR', 'an accessor would have to run: make it a plain element', node, index)
}

/** The names of a plain object's properties, all of which are enumerable data and none of which JSON would lose. */
function plainNames(node: Node, body: BodyWriter): string[] {
  const enumerable = Object.keys(node.value)
  body.collisions.takeNames(enumerable, () => body.pathOf(node))
  const names = ownStrings(node, body)
  refuseHidden(node, names, enumerable, body)
  if (Object.hasOwn(node.value, '__proto__')) {
    throw body.refuse('UNSUPPORTED_VALUE', 'a property named __proto__ does not travel: rename it', node, '__proto__')
  }
  if (isDisguised(node.value)) {
    throw body.refuse('UNSUPPORTED_VALUE', 'a built-in whose prototype was taken from it does not travel', node)
  }
  return names
}

function refuseHidden(node: Node, names: readonly string[], enumerable: readonly string[], body: BodyWriter): void {
  if (enumerable.length === names.length) return
  const shown = new Set(enumerable)
  const hidden = names.find((name) => !shown.has(name))
  const at = Array.isArray(node.value) && hidden !== 'length' ? Number(hidden) : hidden
  throw body.refuse('EXTRA_PROPERTY', 'a property that is not enumerable would come back as one that is', node, at)
}

/** Whether a built-in was given the prototype of plain objects, or none. */
export function isDisguised(value: object): boolean {
  return objectTag.call(value) !== '[object Object]' || isSlotted(value)
}

// What `Object.prototype.toString` calls an object all the same.
function isSlotted(value: object): boolean {
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isBoxedPrimitive(value) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value)
  )
}
