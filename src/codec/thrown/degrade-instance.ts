import { errorExtras, isErrorExtra, readErrorExtras } from '../../model/error-extras.ts'
import type { Model } from '../../model/model.ts'
import { isError } from '../../realm/is-error.ts'
import type { Effort } from '../../schema/effort.ts'
import type { Way } from '../../schema/way.ts'
import { textAt, unreadableMessage } from './describe-thrown.ts'
import { nothing, ownParts, type PartTaker, propertyOf, stepsInto } from './part-taker.ts'

type Parts = Record<string, unknown>

/** What is to be written of an instance. */
export interface Settled {
  readonly model: Model
  readonly fields: unknown
  /** The fields that were left out. */
  readonly missing: readonly string[]
  readonly extras: Parts
}

/** What travels of an instance, by its model; undefined when the model's own code cannot read it. */
export function degradeInstance(
  model: Model,
  instance: object,
  way: Way,
  { taker, withExtras }: { taker: PartTaker; withExtras: boolean },
): Settled | undefined {
  const inner = way.fields(model.fields)
  const takeEach = (given: object, missing: string[]): Parts => {
    const taken: Parts = {}
    const stepTo = stepsInto(given, inner)
    for (const [name, value] of Object.entries(given)) {
      const at = errorExtras.has(name) && isError(instance) ? inner.known(name) : stepTo(name)
      const isText = isError(instance) && texts.has(name) && typeof value === 'string'
      const part = isText ? taker.text(value, at) : taker.take(value, at)
      if (part === nothing) missing.push(name)
      else define(taken, name, part)
    }
    return taken
  }
  const read = readFields(model, instance, inner, taker)
  if (read === undefined) return undefined
  const missing: string[] = []
  const fields = 'whole' in read ? taker.take(read.whole, inner) : takeEach(read.each, missing)
  if (fields === nothing) return undefined
  const extras = readErrorExtras(model, instance, { thrown: true, stacks: taker.stacks }) ?? {}
  if (withExtras) return { model, fields, missing, extras: takeEach(extras, []) }
  for (const name of Object.keys(extras)) taker.omit(inner.known(name))
  return { model, fields, missing, extras: {} }
}

/**
 * Whether a model takes what is left of the fields of an instance. A field that was left out is absent; where it has to be there, as
 * one of `z.unknown()` has, it is undefined.
 */
export function isTaken({ model, fields, missing }: Settled, effort: Effort): boolean {
  if (passes(model, fields, effort)) return true
  if (missing.length === 0) return false
  for (const name of missing) define(fields as Parts, name, undefined)
  return passes(model, fields, effort)
}

function passes(model: Model, fields: unknown, effort: Effort): boolean {
  try {
    model.check(fields, effort)
    return true
  } catch {
    return false
  }
}

// Texts of errors that are cut, in place of being left out.
const texts: ReadonlySet<string> = new Set(['message', 'stack'])

type Fields = { each: object } | { whole: unknown }

function readFields(model: Model, instance: object, way: Way, taker: PartTaker): Fields | undefined {
  if (model.reads === 'own') return { each: ownFields(model, instance, way, taker) }
  if (model.reads === 'declared') return { each: declaredFields(model, instance, way, taker) }
  try {
    const read = model.read(instance)
    const isPlain = typeof read === 'object' && read !== null && Object.getPrototypeOf(read) === Object.prototype
    return isPlain ? { each: read } : { whole: read }
  } catch {
    return undefined
  }
}

/** The declared properties. Those that nobody declared would be lost, so they are listed. */
function ownFields({ declared }: Model, instance: object, way: Way, taker: PartTaker): object {
  const fields: Parts = {}
  const names = declared?.() ?? new Set()
  if (names.has('message')) takeMessage(instance, fields, { inherited: false, way, taker })
  for (const { name, value, way: at } of ownParts(instance, way, taker)) {
    if (names.has(name)) define(fields, name, value)
    else if (!isErrorExtra(instance, name)) taker.omit(at)
  }
  return fields
}

/** The declared properties, each by itself: a getter of the class may throw, and an instance's own accessors never run. */
function declaredFields({ declared }: Model, instance: object, way: Way, taker: PartTaker): object {
  const fields: Parts = {}
  const stepTo = stepsInto(instance, way)
  for (const name of declared?.() ?? []) {
    if (name === 'message') {
      takeMessage(instance, fields, { inherited: true, way, taker })
      continue
    }
    try {
      const own = Object.getOwnPropertyDescriptor(instance, name)
      if (own ? 'value' in own : name in instance) define(fields, name, Reflect.get(instance, name))
      else if (own) taker.omit(stepTo(name))
    } catch {
      taker.omit(stepTo(name))
    }
  }
  return fields
}

/**
 * A declared message. An error whose message cannot be read gets another text, so that it keeps its class where the model requires a
 * message. Where it is not `inherited`, the class of the copy has what the class of the instance has.
 */
function takeMessage(
  instance: object,
  fields: Parts,
  { inherited, way, taker }: { inherited: boolean; way: Way; taker: PartTaker },
): void {
  const own = propertyOf(instance, 'message')
  if (own && 'value' in own) {
    define(fields, 'message', own.value)
    return
  }
  const text = isError(instance) ? textAt(instance, 'message') : undefined
  if (text !== undefined) {
    if (own || inherited) define(fields, 'message', text)
    return
  }
  if (!isError(instance) && !own) return
  taker.omit(way.known('message'))
  if (isError(instance)) define(fields, 'message', unreadableMessage)
}

// Never by assignment, since a name may be `__proto__`.
function define(parts: Parts, name: string, value: unknown): void {
  Object.defineProperty(parts, name, { value, enumerable: true, writable: true, configurable: true })
}
