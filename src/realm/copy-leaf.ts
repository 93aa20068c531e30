import { types } from 'node:util'
import { getterOf } from './intrinsics.ts'

const { getTime } = Date.prototype
const source = getterOf(RegExp.prototype, 'source')
const flags = getterOf(RegExp.prototype, 'flags')
const unwrap = [Number, String, Boolean, BigInt].map(({ prototype }) => prototype.valueOf)

/**
 * The same value as one of the class of this realm that `prototype` belongs to; the value itself where nothing travels. Intrinsics
 * read it, whatever its realm made of its own. Throws for a value that is not what its prototype says.
 */
export function copyLeaf(value: object, prototype: object): object {
  if (types.isDate(value)) return new Date(getTime.call(value))
  if (types.isRegExp(value)) {
    const copy = new RegExp(String(source.call(value)), String(flags.call(value)))
    copy.lastIndex = value.lastIndex
    return copy
  }
  if (types.isArrayBuffer(value)) return new Uint8Array(new Uint8Array(value)).buffer
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value
    return Reflect.construct(classOf(prototype), [
      new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength)).buffer,
    ])
  }
  return types.isBoxedPrimitive(value) ? Object(unboxed(value)) : value
}

function unboxed(value: object): unknown {
  for (const read of unwrap) {
    try {
      return Reflect.apply(read, value, [])
    } catch {
      // It is of another kind.
    }
  }
  return value
}

/** The class of this realm that a built-in's prototype belongs to. */
export function classOf(prototype: object): new () => object {
  return prototype.constructor as new () => object
}
