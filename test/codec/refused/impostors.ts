import { accessor, borrowing, refused, withProperty } from './refusal.ts'

const traps: readonly (keyof ProxyHandler<object>)[] = ['getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor']
const throwing = (trap: string): ProxyHandler<object> => ({
  [trap]() {
    throw new Error('a trap was sprung')
  },
})

function sprung(value: unknown): never {
  throw value
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

const genuine: readonly [name: string, make: () => object][] = [
  ['Map', () => new Map([[1, 2]])],
  ['Set', () => new Set([1])],
  ['Date', () => new Date(0)],
  ['Promise', () => Promise.resolve()],
  ['ArrayBuffer', () => new ArrayBuffer(1)],
  ['DataView', () => new DataView(new ArrayBuffer(1))],
  ['WeakMap', () => new WeakMap()],
  ['WeakSet', () => new WeakSet()],
  ['Number', () => Object(1)],
  ['Boolean', () => Object(true)],
  ['BigInt', () => Object(1n)],
]

const prototypes: readonly object[] = [
  ...[Map, Set, Array, Date, RegExp, Error, URL, URLSearchParams, ArrayBuffer, DataView, Uint8Array, Buffer, Promise],
  ...[Number, String, Boolean, BigInt, DOMException, TypeError, AggregateError, WeakMap],
].map(({ prototype }): object => prototype)

const nameOf = (prototype: object): string => prototype.constructor.name

/** What is not what its prototype says, or answers as it likes. */
export const impostors = [
  ...refused('UNSUPPORTED_VALUE', [
    ...prototypes.map(
      (prototype) => [`Object.create(${nameOf(prototype)}.prototype)`, () => Object.create(prototype)] as const,
    ),
    ...genuine.map(
      ([name, make]) =>
        [`a ${name} that took the prototype of objects`, () => borrowing(make(), Object.prototype)] as const,
    ),
    ...genuine.map(([name, make]) => [`a ${name} without a prototype`, () => borrowing(make(), null)] as const),
    [
      'a Map that took the prototype of objects, with a property',
      () => borrowing(Object.assign(new Map([[1, 2]]), { x: 1 }), Object.prototype),
    ],
    ['a Map that took the prototype of Set', () => borrowing(new Map(), Set.prototype)],
    [
      'a Uint8Array that took the prototype of Float32Array',
      () => borrowing(new Uint8Array(8), Float32Array.prototype),
    ],
    [
      'a Float32Array that took the prototype of Uint8Array',
      () => borrowing(new Float32Array(2), Uint8Array.prototype),
    ],
    [
      'a DataView that took the prototype of Uint8Array',
      () => borrowing(new DataView(new ArrayBuffer(1)), Uint8Array.prototype),
    ],
    ['a Uint16Array that took the prototype of Buffer', () => borrowing(new Uint16Array(1), Buffer.prototype)],
    ['a Uint8Array that took the prototype of DataView', () => borrowing(new Uint8Array(1), DataView.prototype)],
    ['an object that took the prototype of errors', () => borrowing({ message: 'x' }, Error.prototype)],
    ['an iterator that took the prototype of objects', () => borrowing(new Map().keys(), Object.prototype)],
    ['a generator that took the prototype of objects', () => borrowing((function* () {})(), Object.prototype)],
    ['bytes in shared memory', () => new Uint8Array(new SharedArrayBuffer(4))],
    ['a Buffer in shared memory', () => Buffer.from(new SharedArrayBuffer(4))],
    [
      'a detached ArrayBuffer',
      () => {
        const buffer = new ArrayBuffer(4)
        structuredClone(buffer, { transfer: [buffer] })
        return buffer
      },
    ],
    [
      'a view of a detached ArrayBuffer',
      () => {
        const view = new Uint8Array(4)
        structuredClone(view.buffer, { transfer: [view.buffer] })
        return view
      },
    ],
    ...traps.map(
      (trap) => [`a proxy of an object that throws at ${trap}`, () => new Proxy({ a: 1 }, throwing(trap))] as const,
    ),
    ...[...traps, 'get' as const]
      .filter((trap) => trap !== 'getOwnPropertyDescriptor')
      .map((trap) => [`a proxy of an array that throws at ${trap}`, () => new Proxy([1], throwing(trap))] as const),
    ['a revoked proxy', () => revoked({})],
    ['a proxy that throws a revoked proxy', () => new Proxy({}, { getPrototypeOf: () => sprung(revoked({})) })],
    ['a revoked proxy of an array', () => revoked([])],
    ['a proxy of a Map', () => new Proxy(new Map(), {})],
    ['a proxy of a Set', () => new Proxy(new Set(), {})],
    ['a proxy of a Date', () => new Proxy(new Date(0), {})],
    ['a proxy of an error', () => new Proxy(new Error('x'), {})],
    ['a proxy of bytes', () => new Proxy(new Uint8Array(1), {})],
    ['a proxy of a URL', () => new Proxy(new URL('a:b'), {})],
    ['a proxy of a boxed Number', () => new Proxy(Object(1), {})],
    ['a proxy of a function', () => new Proxy(() => 1, {})],
  ]),
  ...refused('EXTRA_PROPERTY', [
    ['an array that took the prototype of objects', () => borrowing([1], Object.prototype), '$.length'],
    ['a String that took the prototype of objects', () => borrowing(Object('a'), Object.prototype), '$.length'],
    ['a RegExp without a prototype', () => borrowing(/a/, null), '$.lastIndex'],
    ['a RegExp that took the prototype of objects', () => borrowing(/a/, Object.prototype), '$.lastIndex'],
    ['an error without a prototype', () => borrowing(new Error('x'), null), '$.stack'],
  ]),
  ...refused('ACCESSOR', [
    ['a proxy that shows accessors', () => new Proxy(withProperty({}, 'a', accessor), {}), '$.a'],
  ]),
]
