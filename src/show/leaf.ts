import { types } from 'node:util'
import { accessor, classNameOf, hole } from './anatomy.ts'
import { plainLine, quote } from './quote.ts'

/** A value that holds nothing else, as people and as machines read it. */
export interface Leaf {
  readonly text: string
  readonly json: unknown
}

const mostDigits = 200

/** Shows a primitive, a date, bytes by their number, and whatever else cannot be looked into. It runs none of the value's code. */
export function leafOf(value: unknown, maxString: number): Leaf {
  switch (typeof value) {
    case 'string':
      return { text: quote(value, maxString), json: cut(value, maxString) }
    case 'number': {
      const text = Object.is(value, -0) ? '-0' : String(value)
      return { text, json: Number.isFinite(value) && !Object.is(value, -0) ? value : text }
    }
    case 'bigint':
      return same(`${plainLine(String(value), mostDigits)}n`)
    case 'boolean':
      return { text: String(value), json: value }
    case 'undefined':
      return { text: 'undefined', json: '[undefined]' }
    case 'symbol':
      return same(value === hole ? '[hole]' : value === accessor ? '[getter]' : '[symbol]')
    case 'function':
      return same('[function]')
    case 'object':
      return value === null ? { text: 'null', json: null } : objectOf(value, maxString)
  }
}

// JSON has escapes of its own.
function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}… ${text.length - most} more characters` : text
}

function same(text: string): Leaf {
  return { text, json: text }
}

const { getTime, toISOString } = Date.prototype
const primitiveIn = (prototype: object, value: object): unknown =>
  Reflect.apply(Reflect.get(prototype, 'valueOf'), value, [])

function objectOf(value: object, maxString: number): Leaf {
  if (types.isProxy(value)) return same('[proxy]')
  if (types.isDate(value)) return same(Number.isNaN(getTime.call(value)) ? 'Invalid Date' : toISOString.call(value))
  if (types.isRegExp(value)) return same(plainLine(RegExp.prototype.toString.call(value), maxString))
  if (ArrayBuffer.isView(value)) return same(`${classNameOf(value)}(${bytes(value.byteLength)})`)
  if (types.isAnyArrayBuffer(value)) return same(`${classNameOf(value)}(${bytes(value.byteLength)})`)
  if (value instanceof URL) return { text: `URL ${addressOf(value, maxString)}`, json: addressOf(value, maxString) }
  if (value instanceof URLSearchParams) return same(`URLSearchParams ${quote(String(value), maxString)}`)
  if (value instanceof DOMException)
    return same(`${plainLine(value.name, 100)}: ${plainLine(value.message, maxString)}`)
  const boxed = boxedOf(value)
  if (boxed) return same(`[${boxed[0]}: ${leafOf(boxed[1], maxString).text}]`)
  return same(`[${classNameOf(value) || 'object'}]`)
}

function bytes(count: number): string {
  return `${count} ${count === 1 ? 'byte' : 'bytes'}`
}

/** A URL without the password that may stand in it. */
function addressOf(value: URL, maxString: number): string {
  if (value.password === '') return plainLine(value.href, maxString)
  const shown = new URL(value.href)
  shown.password = 'hidden'
  return plainLine(shown.href, maxString)
}

function boxedOf(value: object): readonly [string, unknown] | undefined {
  if (types.isNumberObject(value)) return ['Number', primitiveIn(Number.prototype, value)]
  if (types.isStringObject(value)) return ['String', primitiveIn(String.prototype, value)]
  if (types.isBooleanObject(value)) return ['Boolean', primitiveIn(Boolean.prototype, value)]
  return types.isBigIntObject(value) ? ['BigInt', primitiveIn(BigInt.prototype, value)] : undefined
}
