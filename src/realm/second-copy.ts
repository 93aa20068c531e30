import { types } from 'node:util'
import type { Class } from '../model/model.ts'

/**
 * The tags of the models that this process has defined, by the prototypes of their classes. Other copies of BrineMQ share it: where a
 * module was loaded twice, this package often was too.
 */
const tags: WeakMap<object, string> = sharedTags()

function sharedTags(): WeakMap<object, string> {
  const key = Symbol.for('brinemq.tags')
  const known: unknown = Reflect.get(globalThis, key)
  if (types.isWeakMap(known)) return known as WeakMap<object, string>
  const made = new WeakMap<object, string>()
  Object.defineProperty(globalThis, key, { value: made })
  return made
}

export function rememberTag({ prototype }: Class, tag: string): void {
  tags.set(prototype, tag)
}

/** What to do about a module that was loaded twice. */
export const loadOnce =
  'load it once: look for jest.resetModules(), for a package that is installed twice or loaded as both ESM and CommonJS, and for a second bundle'

/**
 * What to say of a prototype that is not that of `modelClass`, though its class has the same name or a model of the same tag: mostly
 * the class's module was loaded twice. Undefined for any other.
 */
export function describeCopy(prototype: object, modelClass: Class): string | undefined {
  if (prototype === modelClass.prototype) return undefined
  const tag = tags.get(modelClass.prototype)
  const name = classNameOf(modelClass.prototype)
  const sameName = name !== undefined && classNameOf(prototype) === name
  const sameTag = tag !== undefined && tags.get(prototype) === tag
  const model = tag === undefined ? 'the schema names' : `the model '${tag}' is for`
  if (sameName && sameTag)
    return `the class ${name} was loaded twice, and this is not the copy that ${model}: ${loadOnce}`
  if (sameName)
    return `this is an instance of another class ${name} than ${model}; if its module was loaded twice, ${loadOnce}`
  if (sameTag) return `this is of another class with the tag '${tag}'; if its module was loaded twice, ${loadOnce}`
  return undefined
}

/** The same of a value that a schema refused. Nothing is asked of a proxy. */
export function describeCopyOf(value: unknown, modelClass: Class): string | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined
  const prototype: object | null = Object.getPrototypeOf(value)
  return prototype === null ? undefined : describeCopy(prototype, modelClass)
}

/** The name of the class that a prototype belongs to. No accessor runs: names are for people alone. */
export function classNameOf(prototype: object | null): string | undefined {
  const maker: unknown = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  const name: unknown = typeof maker === 'function' && Object.getOwnPropertyDescriptor(maker, 'name')?.value
  return typeof name === 'string' && /^[\w$]{1,64}$/.test(name) ? name : undefined
}
