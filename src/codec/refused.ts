import { types } from 'node:util'
import type { BrineErrorCode } from '../errors.ts'

const never: ReadonlyMap<object, string> = new Map<object, string>([
  [Promise.prototype, 'a promise does not travel: await it first'],
  [WeakMap.prototype, 'a WeakMap does not travel: nothing can list what it holds'],
  [WeakSet.prototype, 'a WeakSet does not travel: nothing can list what it holds'],
  [WeakRef.prototype, 'a WeakRef does not travel: send what it refers to'],
  [SharedArrayBuffer.prototype, 'shared memory does not travel: copy it into an ArrayBuffer'],
  [Symbol.prototype, 'a symbol does not travel: send a string'],
])

/** Why an object that no model and no built-in claims is refused, as code and remedy. */
export function describeRefused(value: object, prototype: object | null): [BrineErrorCode, string] {
  const known = prototype === null ? undefined : never.get(prototype)
  if (known !== undefined) return ['UNSUPPORTED_VALUE', known]
  if (types.isPromise(value)) return ['UNSUPPORTED_VALUE', 'a promise does not travel: await it first']
  const name = className(prototype)
  return [
    'UNREGISTERED_CLASS',
    `no model is registered for exactly the class ${name}: add defineModel(${name}, { tag, fields, … }) to models, or send plain data`,
  ]
}

// Read through descriptors: `constructor` may be an accessor, and names are for people alone.
function className(prototype: object | null): string {
  const maker: unknown = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  const name: unknown = typeof maker === 'function' && Object.getOwnPropertyDescriptor(maker, 'name')?.value
  return typeof name === 'string' && /^[\w$]{1,64}$/.test(name) ? name : '(anonymous)'
}
