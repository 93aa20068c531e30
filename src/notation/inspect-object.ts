import { types } from 'node:util'
import { tagOfError } from '../codec/error-values.ts'
import { readErrorExtras } from '../model/error-extras.ts'
import type { Model } from '../model/model.ts'
import { getterOf } from '../realm/intrinsics.ts'
import { hole } from './form/leaf-forms.ts'

/** One thing that an object holds, and where. */
export type Part =
  /** `unseen` marks the parts that an error does not show (its cause and errors), and an instance's extras beside its fields. */
  | { readonly at: 'name'; readonly name: string; readonly value: unknown; readonly unseen?: boolean }
  | { readonly at: 'index'; readonly index: number; readonly value: unknown }
  | { readonly at: 'entry'; readonly key: unknown; readonly value: unknown }
  | { readonly at: 'member'; readonly value: unknown }
  /** The encoded form of an instance whose model encodes it as something else than an object. */
  | { readonly at: 'fields'; readonly value: unknown }

/** What is shown of an object: what it calls itself, and what it holds. */
export interface Anatomy {
  readonly label: string
  readonly kind: 'object' | 'array' | 'map' | 'set' | 'error' | 'instance'
  /** The members by which JSON says of what class it is; none for what JSON, or a form of its kind, makes again by itself. */
  readonly made: Readonly<Record<string, unknown>>
  readonly size: number
  /** Of an instance. */
  readonly model?: Model | undefined
  /** Of an error. */
  readonly message?: string | undefined
  parts(): Iterable<Part>
}

/** What stands for a property that would have to run. */
export const accessor: unique symbol = Symbol('accessor')

export type ModelOf = (value: object) => Model | undefined

/** Undefined for what holds nothing that can be shown: primitives, dates, bytes. It runs no accessors and no proxies. */
export function anatomyOf(value: object, modelOf: ModelOf): Anatomy | undefined {
  if (types.isProxy(value)) return undefined
  const model = modelOf(value)
  if (model) return instanceOf(value, model)
  if (Array.isArray(value)) return arrayOf(value)
  if (types.isMap(value)) return mapOf(value)
  if (types.isSet(value)) return setOf(value)
  if (types.isNativeError(value)) return errorOf(value)
  if (isLeaf(value)) return undefined
  const names = Object.keys(value)
  const label = classNameOf(value)
  const made = Object.getPrototypeOf(value) === null ? { $prototype: null } : label === '' ? {} : { $class: label }
  return { label, kind: 'object', made, size: names.length, parts: () => named(value, names) }
}

function isLeaf(value: object): boolean {
  return (
    typeof value === 'function' ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    types.isBoxedPrimitive(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    value instanceof URL ||
    value instanceof URLSearchParams ||
    value instanceof DOMException
  )
}

function instanceOf(value: object, model: Model): Anatomy {
  const label = model.class.name || model.tag
  const fields = fieldsOf(value, model)
  const of = { label, kind: 'instance', model, made: { $model: model.tag } } as const
  const extras = Object.entries(readErrorExtras(model, value, { thrown: true, stacks: false }) ?? {})
  const unseen: Part[] = extras.map(([name, inner]) => ({ at: 'name', name, value: inner, unseen: true }))
  if (typeof fields !== 'object' || fields === null || types.isProxy(fields) || !isRecord(fields)) {
    return { ...of, size: 1 + unseen.length, parts: () => [{ at: 'fields', value: fields }, ...unseen] }
  }
  const names = Object.keys(fields)
  return { ...of, size: names.length + unseen.length, parts: () => [...named(fields, names), ...unseen] }
}

/** As the model encodes it, by whose fields what is sensitive is marked; what cannot be encoded shows its own properties. */
function fieldsOf(value: object, model: Model): unknown {
  try {
    return model.read(value)
  } catch {
    return Object.fromEntries(Object.keys(value).map((name) => [name, readOwn(value, name)]))
  }
}

function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function* named(value: object, names: readonly string[]): Iterable<Part> {
  for (const name of names) yield { at: 'name', name, value: readOwn(value, name) }
}

function readOwn(value: object, name: string): unknown {
  const property = Object.getOwnPropertyDescriptor(value, name)
  return property === undefined || 'value' in property ? property?.value : accessor
}

function arrayOf(value: readonly unknown[]): Anatomy {
  function* parts(): Iterable<Part> {
    for (let index = 0; index < value.length; index += 1) {
      yield { at: 'index', index, value: Object.hasOwn(value, index) ? readOwn(value, `${index}`) : hole }
    }
  }
  const made = madeBy(value, Array.prototype)
  const label = made.$class === undefined ? '' : `${made.$class}(${value.length})`
  return { label, kind: 'array', made, size: value.length, parts }
}

const [sizeOfMap, sizeOfSet] = [getterOf(Map.prototype, 'size'), getterOf(Set.prototype, 'size')]

function madeBy(value: object, prototype: object): { $class?: string } {
  return Object.getPrototypeOf(value) === prototype ? {} : { $class: classNameOf(value) }
}

// By the intrinsics: a subclass may have methods of its own.
function mapOf(value: Map<unknown, unknown>): Anatomy {
  const size = Number(sizeOfMap.call(value))
  function* parts(): Iterable<Part> {
    for (const [key, inner] of Map.prototype.entries.call(value)) yield { at: 'entry', key, value: inner }
  }
  return { label: `${classNameOf(value)}(${size})`, kind: 'map', made: madeBy(value, Map.prototype), size, parts }
}

function setOf(value: Set<unknown>): Anatomy {
  const size = Number(sizeOfSet.call(value))
  function* parts(): Iterable<Part> {
    for (const inner of Set.prototype.values.call(value)) yield { at: 'member', value: inner }
  }
  return { label: `${classNameOf(value)}(${size})`, kind: 'set', made: madeBy(value, Set.prototype), size, parts }
}

function errorOf(value: Error): Anatomy {
  const unseen = ['cause', 'errors'].filter((name) => Object.hasOwn(value, name) && !isShown(value, name))
  const names = Object.keys(value).filter((name) => name !== 'stack' && name !== 'message')
  const message = readOwn(value, 'message')
  const own = readOwn(value, 'name')
  const label = typeof own === 'string' && own !== '' ? own : classNameOf(value)
  function* parts(): Iterable<Part> {
    yield* named(value, names)
    for (const name of unseen) yield { at: 'name', name, value: readOwn(value, name), unseen: true }
  }
  const tag = tagOfError(value)
  const made = tag === undefined ? { $class: label } : { $error: tag }
  const size = names.length + unseen.length
  return { label, kind: 'error', made, size, message: typeof message === 'string' ? message : undefined, parts }
}

function isShown(value: object, name: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, name)
}

/** The name of an object's class; the empty text for plain objects. Read through descriptors, since a getter may stand anywhere. */
export function classNameOf(value: object): string {
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return ''
  if (prototype === null) return '[no prototype]'
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  const name: unknown = typeof maker === 'function' && Object.getOwnPropertyDescriptor(maker, 'name')?.value
  return typeof name === 'string' && name !== '' ? name.slice(0, longestName) : '(anonymous)'
}

const longestName = 100
