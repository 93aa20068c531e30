import { types } from 'node:util'

const native = /\{\s*\[native code\]\s*\}$/

/**
 * The prototype of Date as JavaScript made it. Fake timers replace the global class by a subclass, perhaps before this module
 * loads.
 */
export const datePrototype: object = genuine(Date.prototype)

function genuine(prototype: object): object {
  let at = prototype
  while (makerOf(at) === undefined) at = Object.getPrototypeOf(at)
  return at === Object.prototype ? prototype : at
}

/** The prototypes of JavaScript's own classes, by the source text of their constructors: `function Map() { [native code] }`. */
const prototypes: ReadonlyMap<string, object> = new Map(
  [
    ...[Object, Array, Map, Set, RegExp, Number, String, Boolean, BigInt, Symbol, Promise, WeakMap, WeakSet, WeakRef],
    ...[ArrayBuffer, SharedArrayBuffer, DataView, Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array],
    ...[Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array],
    ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError],
    { prototype: datePrototype },
  ].map(({ prototype }): [string, object] => [sourceOf(prototype.constructor), prototype]),
)

const twins = new WeakMap<object, object>()

/**
 * The prototype of this realm's class of the same name, when `prototype` belongs to a class of JavaScript itself, in whichever realm.
 *
 * Jest and vitest's vm pools run tests in a realm of their own, whose `Object`, `Map`, `Date` and `Error` are not those of Node's
 * modules; `node:vm` does the same in production. No program can fake such a class: only native code has this source text,
 * and only the constructor's own prototype is its unwritable `prototype`. What has borrowed the prototype is for the caller to
 * refuse, as within one realm.
 */
export function twinOf(prototype: object): object | undefined {
  const known = twins.get(prototype)
  if (known !== undefined) return known
  const maker = makerOf(prototype)
  if (maker === undefined) return undefined
  const twin = prototypes.get(sourceOf(maker))
  // A native addon may call a class `Object`; only the genuine one has no prototype above it.
  if (twin === undefined || (twin === Object.prototype && Object.getPrototypeOf(prototype) !== null)) return undefined
  twins.set(prototype, twin)
  return twin
}

/** The native constructor that `prototype` belongs to. No accessor and no trap of a proxy runs. */
function makerOf(prototype: object): object | undefined {
  if (types.isProxy(prototype)) return undefined
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof maker !== 'function' || types.isProxy(maker)) return undefined
  const held = Object.getOwnPropertyDescriptor(maker, 'prototype')
  return held?.value === prototype && held.writable === false && isNative(maker) ? maker : undefined
}

/** Whether a function is native code. */
export function isNative(maker: object): boolean {
  return native.test(sourceOf(maker))
}

function sourceOf(maker: object): string {
  return Function.prototype.toString.call(maker)
}

/**
 * The prototype of this realm's built-in that `value` is, when its own prototype is unknown here: a built-in of another realm, or a
 * Date that fake timers made.
 */
export function builtInOf(value: object, prototype: object | null): object | undefined {
  if (prototype === null) return undefined
  return twinOf(prototype) ?? (isFakeDate(value, prototype) ? datePrototype : undefined)
}

/**
 * Whether a Date is one of a class that a test tool put in the place of the global one. Fake timers of jest, vitest and sinon mark
 * each of theirs with an own `constructor`, the genuine Date; vitest's `setSystemTime` alone marks none.
 */
function isFakeDate(value: object, prototype: object): boolean {
  return types.isDate(value) && (prototype === globalThis.Date.prototype || isFakeMark(value, 'constructor'))
}

/** Whether a property of a Date is the mark that fake timers leave. */
export function isFakeMark(date: object, name: PropertyKey): boolean {
  if (name !== 'constructor') return false
  const { value, enumerable } = Object.getOwnPropertyDescriptor(date, name) ?? {}
  if (typeof value !== 'function' || enumerable !== false) return false
  const prototype: unknown = Object.getOwnPropertyDescriptor(value, 'prototype')?.value
  return typeof prototype === 'object' && prototype !== null && twinOf(prototype) === datePrototype
}
