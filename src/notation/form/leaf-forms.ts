import { types } from 'node:util'
import type { PatternEffort } from '../../codec/pattern-effort.ts'
import { BrineError } from '../../errors.ts'
import { views } from '../../model/built-in-classes.ts'
import { headStack } from '../../model/error-state.ts'
import { getterOf } from '../../realm/intrinsics.ts'
import { boxedIn } from './boxed.ts'
import { bigintIn, dateIn } from './text-forms.ts'

/** What stands where an array has nothing. */
export const hole: unique symbol = Symbol('hole')

/** An object by which JSON says what it does not have. */
export type Tagged = Readonly<Record<string, unknown>>

/** What a reader gives for a form that is filled with something else. */
const unfit = Symbol('unfit')

/** A value that holds no other, as JSON has it and back: both directions stand together, so that they cannot drift apart. */
interface LeafForm {
  readonly expectation: string
  /** What else may stand in it. */
  readonly beside?: readonly string[]
  /** Undefined for a value that is none of these. */
  write(value: unknown): Tagged | undefined
  read(form: Tagged, at: At): unknown
}

interface At {
  readonly path: string
  /** What the regular expressions of one document cost, before any is made. */
  readonly patterns: PatternEffort
}

const { getTime, toISOString } = Date.prototype
const [sourceOf, flagsOf] = [getterOf(RegExp.prototype, 'source'), getterOf(RegExp.prototype, 'flags')]
const hrefOf = getterOf(URL.prototype, 'href')
const searchOf = URLSearchParams.prototype.toString
const invalidDate = 'Invalid Date'

const forms: ReadonlyMap<string, LeafForm> = new Map<string, LeafForm>([
  [
    '$date',
    {
      expectation: 'an ISO 8601 time',
      write: (value) =>
        types.isDate(value) && hasPrototype(value, Date.prototype)
          ? { $date: Number.isNaN(getTime.call(value)) ? invalidDate : toISOString.call(value) }
          : undefined,
      read: ({ $date }) => ($date === invalidDate ? new Date(Number.NaN) : (dateIn($date) ?? unfit)),
    },
  ],
  [
    '$bigint',
    {
      expectation: 'a whole number in digits',
      write: (value) => (typeof value === 'bigint' ? { $bigint: String(value) } : undefined),
      read: ({ $bigint }) => bigintIn($bigint) ?? unfit,
    },
  ],
  [
    '$number',
    {
      expectation: "'NaN', 'Infinity', '-Infinity' or '-0'",
      write(value) {
        const isJson = typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))
        return isJson ? undefined : { $number: Object.is(value, -0) ? '-0' : String(value) }
      },
      read: ({ $number }) => (/^(?:NaN|-?Infinity|-0)$/.test(String($number)) ? Number($number) : unfit),
    },
  ],
  [
    '$undefined',
    {
      expectation: 'true',
      write: (value) => (value === undefined ? { $undefined: true } : undefined),
      read: ({ $undefined }) => ($undefined === true ? undefined : unfit),
    },
  ],
  [
    '$bytes',
    {
      expectation: 'base64, and $as the name of a view of bytes',
      beside: ['$as'],
      write(value) {
        const as = typeof value === 'object' && value !== null ? bytesAs(value) : undefined
        if (as === undefined) return undefined
        const $bytes = bytesIn(value as ArrayBufferView | ArrayBuffer).toString('base64')
        return as === 'Uint8Array' ? { $bytes } : { $bytes, $as: as }
      },
      read: ({ $bytes, $as = 'Uint8Array' }) => (isBase64($bytes) ? readBytes($bytes, $as) : unfit),
    },
  ],
  [
    '$url',
    {
      expectation: 'a URL',
      write: (value) => (hasPrototype(value, URL.prototype) ? { $url: String(hrefOf.call(value)) } : undefined),
      read: ({ $url }) => (typeof $url === 'string' && URL.canParse($url) ? new URL($url) : unfit),
    },
  ],
  [
    '$search',
    {
      expectation: 'the text of URLSearchParams',
      write: (value) =>
        hasPrototype(value, URLSearchParams.prototype) ? { $search: searchOf.call(value) } : undefined,
      read: ({ $search }) => (typeof $search === 'string' ? new URLSearchParams($search) : unfit),
    },
  ],
  [
    '$regexp',
    {
      expectation: 'the source of a regular expression, $flags its flags and $lastIndex a position',
      beside: ['$flags', '$lastIndex'],
      write(value) {
        if (!types.isRegExp(value) || !hasPrototype(value, RegExp.prototype)) return undefined
        const { lastIndex } = value
        const $flags = String(flagsOf.call(value))
        return {
          ...{ $regexp: String(sourceOf.call(value)), ...($flags !== '' && { $flags }) },
          ...(lastIndex !== 0 && { $lastIndex: lastIndex }),
        }
      },
      read: readPattern,
    },
  ],
  [
    '$boxed',
    {
      expectation: 'a text, a number, a boolean, or $bigint or $number in its place',
      write(value) {
        const boxed = boxedIn(value)
        return boxed && { $boxed: writeLeaf(boxed.primitive) ?? boxed.primitive }
      },
      read({ $boxed }, at) {
        const inner: unknown = typeof $boxed === 'object' && $boxed !== null ? readLeaf($boxed, at)?.value : $boxed
        return ['string', 'number', 'boolean', 'bigint'].includes(typeof inner) ? Object(inner) : unfit
      },
    },
  ],
  [
    '$exception',
    {
      expectation: 'the name of a DOMException, and $message its message',
      beside: ['$message'],
      write: (value) =>
        hasPrototype(value, DOMException.prototype) && value instanceof DOMException
          ? { $exception: value.name, $message: value.message }
          : undefined,
      read({ $exception, $message = '' }) {
        if (typeof $exception !== 'string' || typeof $message !== 'string') return unfit
        const exception = new DOMException($message, $exception)
        headStack(exception)
        return exception
      },
    },
  ],
])

/** What JSON says of a value that it does not have; undefined for one that it has, and for one that no form is for. */
export function writeLeaf(value: unknown): Tagged | undefined {
  if (value === hole) return { $hole: true }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return undefined
  for (const form of forms.values()) {
    const written = form.write(value)
    if (written) return written
  }
  return undefined
}

/**
 * The value of an object that is one of the forms, in a box; undefined for any other object. Throws PAYLOAD_INVALID for a form
 * that is filled with something else.
 */
export function readLeaf(given: object, at: At): { value: unknown } | undefined {
  const [key = '', ...others] = Object.keys(given)
  const form = forms.get(key)
  if (form === undefined || !others.every((other) => form.beside?.includes(other))) return undefined
  const value = form.read(given as Tagged, at)
  if (value === unfit) throw new BrineError('PAYLOAD_INVALID', `${key} takes ${form.expectation}`, { path: at.path })
  return { value }
}

function hasPrototype(value: unknown, prototype: object): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === prototype
}

/** The name of the class of bytes; of a class of its own, none. */
function bytesAs(value: object): string | undefined {
  if (!ArrayBuffer.isView(value)) {
    return hasPrototype(value, ArrayBuffer.prototype) && types.isArrayBuffer(value) ? 'ArrayBuffer' : undefined
  }
  if (hasPrototype(value, Buffer.prototype)) return 'Buffer'
  return [...views].find(([, view]) => hasPrototype(value, view.prototype))?.[0]
}

function bytesIn(value: ArrayBufferView | ArrayBuffer): Buffer {
  if (!ArrayBuffer.isView(value)) return Buffer.from(value)
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

function readBytes(base64: string, as: unknown): unknown {
  // An ArrayBuffer of its own: a small Buffer's is a pool that it shares with others.
  const { buffer } = new Uint8Array(Buffer.from(base64, 'base64'))
  if (as === 'Buffer') return Buffer.from(buffer)
  if (as === 'ArrayBuffer') return buffer
  const view = typeof as === 'string' ? views.get(as) : undefined
  if (view === undefined) return unfit
  const width: unknown = Reflect.get(view, 'BYTES_PER_ELEMENT') ?? 1
  return buffer.byteLength % Number(width) === 0 ? Reflect.construct(view, [buffer]) : unfit
}

function isBase64(given: unknown): given is string {
  return typeof given === 'string' && /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(given)
}

function readPattern({ $regexp, $flags = '', $lastIndex = 0 }: Tagged, { path, patterns }: At): unknown {
  if (typeof $regexp !== 'string' || typeof $flags !== 'string' || !Number.isSafeInteger($lastIndex)) return unfit
  patterns.take($regexp, $flags, () => path)
  try {
    return Object.assign(new RegExp($regexp, $flags), { lastIndex: $lastIndex })
  } catch {
    return unfit
  }
}
