import { types } from 'node:util'
import { boxedIn } from './form/boxed.ts'
import { hole, writeLeaf } from './form/leaf-forms.ts'
import { accessor, classNameOf } from './inspect-object.ts'
import { plainLine, quote } from './quote.ts'

/** A value that holds nothing else, as people and as machines read it. */
export interface Leaf {
  readonly text: string
  readonly json: unknown
}

const mostDigits = 200

/**
 * Shows a primitive, a date, bytes by their number, and whatever else cannot be looked into. It runs none of the value's code. In JSON
 * it can be read back, but for what is longer than `maxString`, what is hidden, and what does not travel: these say so.
 */
export function leafOf(value: unknown, maxString: number, reveal: boolean): Leaf {
  if (typeof value === 'string') return { text: quote(value, maxString), json: cut(value, maxString) }
  const text = textOf(value, maxString, reveal)
  // Plain JSON, of a few characters.
  if (typeof value === 'boolean' || value === null) return { text, json: value }
  if (value instanceof URL && !types.isProxy(value) && value.password !== '' && !reveal) {
    return { text, json: { $hidden: addressOf(value, maxString, reveal) } }
  }
  if (lengthOf(value) > maxString) return { text, json: { $cut: text } }
  const json = writeLeaf(value) ?? (typeof value === 'number' ? value : { $class: text.replace(/^\[|\]$/g, '') })
  return { text, json }
}

function cut(text: string, most: number): unknown {
  return text.length > most ? { $cut: text.slice(0, most), $more: text.length - most } : text
}

const bytesAtATime = 3
const charactersOfThem = 4

/** How long it is as JSON, when it may be long. */
function lengthOf(value: unknown): number {
  if (typeof value === 'bigint') return String(value).length
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return 0
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return (value.byteLength / bytesAtATime) * charactersOfThem
  }
  if (types.isRegExp(value)) return RegExp.prototype.toString.call(value).length
  if (value instanceof URL) return value.href.length
  if (value instanceof URLSearchParams) return String(value).length
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value).length
  return value instanceof DOMException ? value.name.length + value.message.length : 0
}

function textOf(value: unknown, maxString: number, reveal: boolean): string {
  switch (typeof value) {
    case 'string':
      return quote(value, maxString)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${plainLine(String(value), mostDigits)}n`
    case 'symbol':
      return value === hole ? '[hole]' : value === accessor ? '[getter]' : '[symbol]'
    case 'function':
      return '[function]'
    case 'object':
      return value === null ? 'null' : textOfObject(value, maxString, reveal)
    default:
      return String(value)
  }
}

const { getTime, toISOString } = Date.prototype

function textOfObject(value: object, maxString: number, reveal: boolean): string {
  if (types.isProxy(value)) return '[proxy]'
  if (types.isDate(value)) return Number.isNaN(getTime.call(value)) ? 'Invalid Date' : toISOString.call(value)
  if (types.isRegExp(value)) return plainLine(RegExp.prototype.toString.call(value), maxString)
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return `${classNameOf(value)}(${bytes(value.byteLength)})`
  }
  if (value instanceof URL) return `URL ${addressOf(value, maxString, reveal)}`
  if (value instanceof URLSearchParams) return `URLSearchParams ${quote(String(value), maxString)}`
  if (value instanceof DOMException) return `${plainLine(value.name, 100)}: ${plainLine(value.message, maxString)}`
  const boxed = boxedIn(value)
  if (boxed) return `[${boxed.label}: ${textOf(boxed.primitive, maxString, reveal)}]`
  return `[${classNameOf(value) || 'object'}]`
}

function bytes(count: number): string {
  return `${count} ${count === 1 ? 'byte' : 'bytes'}`
}

/** A URL without the password that may stand in it. */
function addressOf(value: URL, maxString: number, reveal: boolean): string {
  if (reveal || value.password === '') return plainLine(value.href, maxString)
  const shown = new URL(value.href)
  shown.password = 'hidden'
  return plainLine(shown.href, maxString)
}
