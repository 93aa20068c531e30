import type { z } from 'zod'
import { type ErrorClass, errors, views } from './built-in-classes.ts'
import type { ModelOptions } from './define-model.ts'
import { headStack, hiddenInErrors } from './error-state.ts'
import { invalidModel } from './invalid.ts'
import type { AllocatedThenPopulated, BuiltByDecode, Class } from './model.ts'

// Their state is in slots that no property shows, so that nothing but their own constructors can make them.
const slotted: ReadonlySet<object> = new Set(
  [
    ...[Map, Set, Array, Date, RegExp, ArrayBuffer, SharedArrayBuffer, Promise, WeakMap, WeakSet, WeakRef, Function],
    ...[Number, String, Boolean, BigInt, Symbol, URL, URLSearchParams, Buffer],
    ...views.values(),
  ].map((base) => base.prototype),
)

/** How instances of `modelClass` come back: by what `options` give, else by the declared fields alone. */
export function defineBack<T extends object, F extends z.ZodType>(
  modelClass: Class<T>,
  { decode, allocate, populate }: ModelOptions<T, F>,
  declared: ReadonlySet<string> | undefined,
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
    return { kind: 'populate', allocate, populate: populate as (instance: T, fields: unknown) => void }
  }
  return defineByFields(modelClass, declared)
}

function defineByFields<T extends object>(
  modelClass: Class<T>,
  declared: ReadonlySet<string> | undefined,
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
  if (hasPrivateState(modelClass)) {
    throw invalidModel(modelClass, 'it has #private state, which no field holds: give decode, or allocate and populate')
  }
  if (base === Object) {
    return { kind: 'populate', allocate: () => Object.create(modelClass.prototype) as T, populate: defineFields }
  }
  return {
    kind: 'populate',
    // A genuine error with this prototype, without running the class's own constructor.
    allocate: () => Reflect.construct(base, [], modelClass) as T,
    populate(instance, fields) {
      defineFields(instance, fields)
      headStack(instance)
    },
  }
}

/** What the class is at its root: an object, a built-in error, or undefined for what fields cannot restore. */
function baseOf(modelClass: Class): ErrorClass | ObjectConstructor | undefined {
  for (let at: object | null = modelClass.prototype; at !== null; at = Object.getPrototypeOf(at)) {
    if (slotted.has(at)) return undefined
    for (const error of errors.values()) if (error.prototype === at) return error
  }
  return Object
}

/**
 * Fields are defined, never assigned: no setter of the class runs, and data cannot reach `__proto__`. Only declared fields
 * come here, whatever the text held.
 */
function defineFields(instance: object, fields: unknown): void {
  for (const [name, value] of Object.entries(fields as object)) {
    const enumerable = !(instance instanceof Error && hiddenInErrors.has(name))
    Object.defineProperty(instance, name, { value, enumerable, writable: true, configurable: true })
  }
}

const quoted = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
const privateMember = /(?:^|[{};\n])\s*(?:(?:async|get|set)\s+)?\*?\s*#[\w$]+\s*[=;({\n}]/

/**
 * Whether a class declares `#private` members. Nothing at run time tells, and an instance that was only allocated has none
 * of them, so that its methods would throw one day in a handler: the source text is the one witness there is.
 */
function hasPrivateState(modelClass: Class): boolean {
  for (
    let at: unknown = modelClass;
    typeof at === 'function' && at !== Function.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    if (privateMember.test(Function.prototype.toString.call(at).replace(quoted, ''))) return true
  }
  return false
}
