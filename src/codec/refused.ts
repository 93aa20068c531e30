import { types } from 'node:util'
import type { BrineErrorCode } from '../errors.ts'
import type { Registry } from '../model/registry.ts'
import { classNameOf, describeCopy } from '../realm/second-copy.ts'

const never: ReadonlyMap<object, string> = new Map<object, string>([
  [Promise.prototype, 'a promise does not travel: await it first'],
  [WeakMap.prototype, 'a WeakMap does not travel: nothing can list what it holds'],
  [WeakSet.prototype, 'a WeakSet does not travel: nothing can list what it holds'],
  [WeakRef.prototype, 'a WeakRef does not travel: send what it refers to'],
  [SharedArrayBuffer.prototype, 'shared memory does not travel: copy it into an ArrayBuffer'],
  [Symbol.prototype, 'a symbol does not travel: send a string'],
])

/** Why an object that no model and no built-in claims is refused, as code and remedy. */
export function describeRefused(value: object, prototype: object | null, registry: Registry): [BrineErrorCode, string] {
  const known = prototype === null ? undefined : never.get(prototype)
  if (known !== undefined) return ['UNSUPPORTED_VALUE', known]
  if (types.isPromise(value)) return ['UNSUPPORTED_VALUE', 'a promise does not travel: await it first']
  return ['UNREGISTERED_CLASS', describeClass(prototype, registry)]
}

function describeClass(prototype: object | null, { byPrototype }: Registry): string {
  for (const model of byPrototype.values()) {
    const copy = prototype && describeCopy(prototype, model.class)
    if (copy) return copy
  }
  const name = classNameOf(prototype)
  if (name !== undefined) {
    return `no model is registered for exactly the class ${name}: add defineModel(${name}, { tag, fields, … }) to models, or send plain data`
  }
  if (prototype === null || !Object.hasOwn(prototype, 'constructor')) {
    return 'its prototype is an object that belongs to no class: send plain data, such as { ...value }'
  }
  return `no model is registered for its class, which has no name${extended(prototype)}: give the class a name and a model, or send plain data`
}

function extended(prototype: object): string {
  const above: object | null = Object.getPrototypeOf(prototype)
  const name = above === Object.prototype ? undefined : classNameOf(above)
  return name === undefined ? '' : ` and extends ${name}`
}
