import { types } from 'node:util'
import { inside } from './classes.ts'

/**
 * Where and how two graphs differ, or undefined when they are the same: prototypes, own keys with their order and visibility,
 * the contents of built-ins, `#private` state that a class shows under `inside`, and who is shared with whom. Stricter than
 * any assertion that looks at values alone: two equal objects are not one object met twice.
 *
 * A view that did not show the whole of its buffer is a copy of what it showed.
 */
export function difference(left: unknown, right: unknown): string | undefined {
  const leftToRight = new Map<object, object>()
  const rightToLeft = new Map<object, object>()
  const work: [string, unknown, unknown][] = [['$', left, right]]
  for (let pair = work.pop(); pair !== undefined; pair = work.pop()) {
    const [path, a, b] = pair
    if (!isObject(a) || !isObject(b)) {
      if (!Object.is(a, b)) return `${path}: ${String(a)} is not ${String(b)}`
      continue
    }
    if (leftToRight.has(a) || rightToLeft.has(b)) {
      if (leftToRight.get(a) !== b || rightToLeft.get(b) !== a) return `${path}: shared otherwise`
      continue
    }
    leftToRight.set(a, b)
    rightToLeft.set(b, a)
    const found = compare(path, a, b, work)
    if (found !== undefined) return `${path}: ${found}`
  }
  return undefined
}

type Work = [string, unknown, unknown][]

function compare(path: string, a: object, b: object, work: Work): string | undefined {
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return 'another prototype'
  if (Array.isArray(a) !== Array.isArray(b) || types.isNativeError(a) !== types.isNativeError(b)) return 'another kind'
  work.push([`${path}.<inside>`, stateOf(a), stateOf(b)])
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) compareViews(path, a, b, work)
  const [keys, others] = [keysOf(a), keysOf(b)]
  if (keys.length !== others.length || keys.some((key, at) => key !== others[at])) {
    return `keys ${keys.map(String).join()} are not ${others.map(String).join()}`
  }
  for (const key of keys) {
    const [one, other] = [Object.getOwnPropertyDescriptor(a, key), Object.getOwnPropertyDescriptor(b, key)]
    if (one?.enumerable !== other?.enumerable) return `${String(key)} is shown in one alone`
    if (one?.get !== undefined || other?.get !== undefined) return `${String(key)} is an accessor`
    work.push([`${path}.${String(key)}`, one?.value, other?.value])
  }
  const [entries, otherEntries] = [entriesOf(a), entriesOf(b)]
  if (entries.length !== otherEntries.length) return 'another size'
  entries.forEach((entry, at) => {
    work.push([`${path}.<${at}>`, entry, otherEntries[at]])
  })
  return undefined
}

function compareViews(path: string, a: ArrayBufferView, b: ArrayBufferView, work: Work): void {
  if (a.byteLength === a.buffer.byteLength) work.push([`${path}.buffer`, a.buffer, b.buffer])
  else work.push([`${path}.<bytes of its own>`, b.byteLength, b.buffer.byteLength])
}

// A stack does not travel, and names whoever made the error. The order of hidden properties shows nowhere.
function keysOf(value: object): PropertyKey[] {
  const isError = types.isNativeError(value) || value instanceof DOMException
  const keys = Reflect.ownKeys(value).filter((key) => !(isError && key === 'stack'))
  if (ArrayBuffer.isView(value)) return keys.filter((key) => typeof key === 'symbol' || !/^\d+$/.test(key))
  if (!isError) return keys
  const shown = (key: PropertyKey) => Object.prototype.propertyIsEnumerable.call(value, key)
  return [...keys.filter((key) => !shown(key)).sort(), ...keys.filter(shown)]
}

function entriesOf(value: object): unknown[] {
  if (types.isMap(value)) return [...Map.prototype.entries.call(value)].flat()
  return types.isSet(value) ? [...Set.prototype.values.call(value)] : []
}

/** What a value holds that no property shows, as a primitive or a plain object. */
function stateOf(value: object): unknown {
  if (inside in value && typeof value[inside] === 'function') return value[inside]()
  if (types.isDate(value)) return Date.prototype.getTime.call(value)
  if (types.isRegExp(value)) return `${value.source}/${value.flags}`
  if (types.isBoxedPrimitive(value)) return value.valueOf()
  if (value instanceof URL) return value.href
  if (value instanceof URLSearchParams) return value.toString()
  if (value instanceof DOMException) return `${value.name} ${value.message}`
  if (types.isAnyArrayBuffer(value)) return Buffer.from(value).toString('hex')
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
  return undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
