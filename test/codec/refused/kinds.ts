import * as path from 'node:path/posix'
import { refused } from './refusal.ts'

class Unregistered {
  field = 1
}
class Later {
  // biome-ignore lint/suspicious/noThenProperty: a promise of somebody else's.
  then(): void {}
}

async function* counting() {
  yield 1
}

function argumentsOf(_: number): unknown {
  // biome-ignore lint/complexity/noArguments: the object itself is what is refused.
  return arguments
}

/** Kinds of value that nothing can carry. */
export const kinds = [
  ...refused('UNSUPPORTED_VALUE', [
    ['a function', () => () => 1],
    ['a function within', () => ({ at: [() => 1] }), '$.at[0]'],
    ['a function with properties', () => Object.assign(() => 1, { data: 1 })],
    ['a class', () => Unregistered],
    ['a symbol', () => Symbol('s')],
    ['a registered symbol', () => Symbol.for('s')],
    ['a boxed symbol', () => Object(Symbol('s'))],
    ['a symbol as a key', () => ({ [Symbol('s')]: 1 })],
    ['a symbol as a key of a Map', () => new Map([[Symbol('s'), 1]]), '$.key(0)'],
    ['a symbol in a Set', () => new Set([1, Symbol('s')]), '$.member(1)'],
    ['a promise', () => Promise.resolve(1)],
    ['a promise within', () => ({ user: Promise.resolve(1) }), '$.user'],
    ['a subclass of Promise', () => new (class extends Promise<void> {})(() => {})],
    ['a WeakMap', () => new WeakMap()],
    ['a WeakSet', () => new WeakSet()],
    ['a WeakRef', () => new WeakRef({})],
    ['a SharedArrayBuffer', () => new SharedArrayBuffer(8)],
    ['a thenable', () => ({ user: { [['th', 'en'].join('')]: () => {} } }), '$.user.then'],
    ['the arguments of a call', () => argumentsOf(1)],
    ['a module', () => path],
    ['Math', () => Math],
    ['JSON', () => JSON],
    ['Reflect', () => Reflect],
    ['Atomics', () => Atomics],
    ['Intl', () => Intl],
  ]),
  ...refused('UNREGISTERED_CLASS', [
    ['an instance', () => new Unregistered()],
    ['an instance within', () => ({ a: new Map([['k', new Unregistered()]]) }), '$.a.value(0)'],
    ['an instance without a class name', () => new (class {})()],
    ['a thenable of a class', () => new Later()],
    ['a generator', () => counting()],
    ['an iterator of an array', () => [].values()],
    ['an iterator of a Map', () => new Map().entries()],
    ['an iterator of matches', () => 'a'.matchAll(/a/g)],
    ['an object with a prototype that is no class', () => Object.create({ inherited: 1 })],
    ['a subclass of Map', () => new (class extends Map {})()],
    ['a subclass of Set', () => new (class extends Set {})()],
    ['a subclass of Array', () => new (class extends Array {})()],
    ['a subclass of Date', () => new (class extends Date {})()],
    ['a subclass of RegExp', () => new (class extends RegExp {})('a')],
    ['a subclass of Error', () => new (class extends Error {})()],
    ['a subclass of Uint8Array', () => new (class extends Uint8Array {})(1)],
    ['a subclass of ArrayBuffer', () => new (class extends ArrayBuffer {})(1)],
    ['a view of a subclass of ArrayBuffer', () => new Uint8Array(new (class extends ArrayBuffer {})(1))],
    ['a subclass of URL', () => new (class extends URL {})('a:b')],
    ['a subclass of String', () => new (class extends String {})('a')],
    ['an AbortController', () => new AbortController()],
    ['an EventTarget', () => new EventTarget()],
    ['a Blob', () => new Blob([])],
    ['Headers', () => new Headers()],
    ['a TextEncoder', () => new TextEncoder()],
    ['a number format', () => new Intl.NumberFormat()],
    ['a FinalizationRegistry', () => new FinalizationRegistry(() => {})],
    ['the global object', () => globalThis],
    ['the process', () => process],
  ]),
]
