import type { z } from 'zod'
import { isNative, twinOf } from '../realm/built-in-of.ts'
import { isError } from '../realm/is-error.ts'
import { builtInPrototypes } from './built-in-classes.ts'
import type { ModelOptions } from './define-model.ts'
import { allocateError, headStack, isHidden } from './error-state.ts'
import { invalidModel } from './invalid.ts'
import type { AllocatedThenPopulated, BuiltByDecode, Class, Declared } from './model.ts'
import { privateStateOf } from './private-state.ts'

/** How instances of `modelClass` come back: by what `options` give, else by the declared fields alone. */
export function defineBack<T extends object, F extends z.ZodType>(
  modelClass: Class<T>,
  { decode, allocate, populate }: ModelOptions<T, F>,
  declared: Declared | undefined,
): BuiltByDecode<T> | AllocatedThenPopulated<T> {
  if (decode !== undefined) {
    if (allocate !== undefined || populate !== undefined) {
      throw invalidModel(modelClass, 'give decode, or allocate and populate, not both')
    }
    return { kind: 'decode', decode: decode as (fields: unknown) => T }
  }
  if (allocate !== undefined || populate !== undefined) {
    if (allocate === undefined || populate === undefined) {
      throw invalidModel(modelClass, 'allocate and populate go together')
    }
    return {
      kind: 'populate',
      byFields: false,
      allocate,
      populate: populate as (instance: T, fields: unknown) => void,
    }
  }
  return defineByFields(modelClass, declared)
}

function defineByFields<T extends object>(
  modelClass: Class<T>,
  declared: Declared | undefined,
): AllocatedThenPopulated<T> {
  if (declared === undefined) {
    throw invalidModel(modelClass, 'fields is no closed z.object, so give decode, or allocate and populate')
  }
  const base = baseOf(modelClass)
  if (base === undefined) {
    throw invalidModel(
      modelClass,
      'it extends a built-in whose contents no field holds: give decode, or allocate and populate',
    )
  }
  const privateState = privateStateOf(modelClass)
  if (privateState !== undefined) {
    throw invalidModel(modelClass, `${privateState}, which no field holds: give decode, or allocate and populate`)
  }
  if (base === 'object') {
    return {
      kind: 'populate',
      byFields: true,
      allocate: () => Object.create(modelClass.prototype) as T,
      populate: defineFields,
    }
  }
  return {
    kind: 'populate',
    byFields: false,
    allocate: () => allocateError(modelClass),
    populate(instance, fields) {
      defineFields(instance, fields)
      if (!Object.hasOwn(fields as object, 'stack')) headStack(instance)
    },
  }
}

/** What instances are at their root, or undefined for what fields cannot restore: state in the slots of a built-in. */
function baseOf(modelClass: Class): 'object' | 'error' | undefined {
  for (let at: object | null = modelClass.prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const builtIn = twinOf(at)
    if (builtIn === Object.prototype) break
    if (builtIn === Error.prototype) return 'error'
    const isErrorClass = (builtIn ?? at) instanceof Error && at !== DOMException.prototype
    if (!isErrorClass && (builtInPrototypes.has(at) || isNativeClass(at))) return undefined
  }
  return 'object'
}

function isNativeClass(prototype: object): boolean {
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return typeof maker === 'function' && isNative(maker)
}

/**
 * Fields are defined, never assigned: no setter of the class runs, and data cannot reach `__proto__`. Only declared fields
 * come here, whatever the text held.
 */
function defineFields(instance: object, fields: unknown): void {
  for (const [name, value] of Object.entries(fields as object)) {
    const enumerable = !(isError(instance) && isHidden(name, instance))
    Object.defineProperty(instance, name, { value, enumerable, writable: true, configurable: true })
  }
}
