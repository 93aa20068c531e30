import { isError } from '../realm/is-error.ts'
import { headStack } from './error-state.ts'
import type { Model } from './model.ts'

/** The properties that an instance of a registered error has as any error does, by name. */
export type ErrorExtras = Readonly<Record<string, unknown>>

const texts: ReadonlySet<string> = new Set(['name', 'message', 'stack'])

/** Where a failure's text lists the parts that could not travel, by their paths from the error. */
export const omittedName = 'omitted'

/** The names of what any error may have. */
export const errorExtras: ReadonlySet<string> = new Set([...texts, 'cause', 'errors', omittedName])
// What a model's own `decode` or `populate` cannot recreate, unless its fields declare it.
const beyondFields: ReadonlySet<string> = new Set(['cause', 'stack', omittedName])

/** Whether a property of an instance travels although the model of its class does not declare it. */
export function isErrorExtra(instance: object, name: string): boolean {
  if (!errorExtras.has(name) || !isError(instance)) return false
  // An accessor of the engine's own, in some of them.
  if (name === 'stack') return true
  const property = Object.getOwnPropertyDescriptor(instance, name)
  return property !== undefined && 'value' in property && fits(instance, name, property.value)
}

/**
 * What an error has by its nature and its model does not declare: its cause above all, which anybody may give to any error. It
 * travels beside the fields, so that an instance keeps its class when it gets one. Undefined when there is nothing.
 *
 * A model that reads an instance by its own code says what is stored of it, so its instances carry extras only when they were
 * `thrown`: a failure must be reported with its cause, whatever the model stores.
 */
export function readErrorExtras(
  { declared, reads }: Pick<Model, 'declared' | 'reads'>,
  instance: object,
  { thrown, stacks }: { thrown: boolean; stacks: boolean },
): ErrorExtras | undefined {
  if (!isError(instance) || (reads !== 'own' && !thrown)) return undefined
  let extras: Record<string, unknown> | undefined
  for (const name of reads === 'own' ? errorExtras : beyondFields) {
    if ((name === 'stack' && !stacks) || declared?.().has(name) || !isErrorExtra(instance, name)) continue
    const value = readOf(instance, name)
    if (!fits(instance, name, value)) continue
    extras ??= {}
    extras[name] = value
  }
  return extras
}

/** The first look at a stack runs `Error.prepareStackTrace`, which source maps replace, and that reads a message that may throw. */
function readOf(instance: object, name: string): unknown {
  try {
    return Reflect.get(instance, name)
  } catch {
    return undefined
  }
}

/** Gives an instance its extras, those that it does not have already. Returns false for what no writer writes. */
export function defineErrorExtras(instance: object, extras: unknown): boolean {
  if (!isError(instance) || typeof extras !== 'object' || extras === null) return false
  for (const [name, value] of Object.entries(extras)) {
    if (!errorExtras.has(name) || !fits(instance, name, value)) return false
    // A `decode` may freeze what it gives.
    if (!Object.isExtensible(instance) || (Object.hasOwn(instance, name) && name !== 'stack')) continue
    const enumerable = name === 'name' || name === omittedName
    Object.defineProperty(instance, name, { value, enumerable, writable: true, configurable: true })
  }
  const { name, message, stack } = extras as ErrorExtras
  if (stack === undefined && (name !== undefined || message !== undefined)) headStack(instance)
  return true
}

// A text may put anything here: a cause must not hide a method of the class, and a name is a string.
function fits(instance: Error, name: string, value: unknown): boolean {
  if (texts.has(name)) return typeof value === 'string'
  if (name === 'errors') return instance instanceof AggregateError
  if (name === omittedName) return Array.isArray(value) && value.every((path) => typeof path === 'string')
  return !(name in Object.getPrototypeOf(instance))
}
