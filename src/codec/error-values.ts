import { types } from 'node:util'
import { BrineError, isBrineErrorCode } from '../errors.ts'
import { errors } from '../model/built-in-classes.ts'
import { allocateError, headStack, hiddenInErrors } from '../model/error-state.ts'
import type { Class } from '../model/model.ts'
import type { BodyWriter } from './body-writer.ts'
import type { WriteKind } from './codec-context.ts'
import type { Node } from './node.ts'
import { ownStrings, readOwn, refuseExtra } from './own-properties.ts'

/**
 * Errors by their tags: the built-in ones, and BrineError itself, in which a failed job may end.
 *
 * An entry names a record: `message`, `cause` and `errors`, which errors have without showing them, each when it is an own
 * property, `stack` when stacks travel, and under `own` the properties that are shown.
 */
const classes: ReadonlyMap<string, Class> = new Map<string, Class>([...errors, ['BrineError', BrineError]])

/** What writes errors of each class, by its prototype. */
export const errorWriters: ReadonlyMap<object, WriteKind> = new Map(
  [...classes].map(([tag, { prototype }]) => [prototype, (node, body) => writeError(tag, node, body)]),
)

const tags: ReadonlyMap<object, string> = new Map([...classes].map(([tag, { prototype }]) => [prototype, tag]))

/** The tag of an error of exactly one of the classes that travel without a model. */
export function tagOfError(error: Error): string | undefined {
  return tags.get(Object.getPrototypeOf(error))
}

export const errorTags: ReadonlySet<string> = new Set(classes.keys())

/** The names that an error's record may have. */
export const errorRecord: ReadonlySet<string> = new Set([...hiddenInErrors, 'own'])

function writeError(tag: string, node: Node, body: BodyWriter): string {
  if (!types.isNativeError(node.value)) {
    throw body.refuse('UNSUPPORTED_VALUE', 'this has the prototype of an error, but is none', node)
  }
  body.collisions.takeNames(Object.keys(node.value), () => body.pathOf(node))
  const record = body.reserve()
  const own = new Map<string, unknown>()
  let text = ''
  for (const name of ownStrings(node, body)) {
    if (name === 'stack') continue
    if (Object.prototype.propertyIsEnumerable.call(node.value, name)) own.set(name, readOwn(node, name, body))
    else if (hiddenInErrors.has(name)) text += `"${name}":${body.ref(readOwn(node, name, body), node, name)},`
    else throw refuseExtra(node, name, body)
  }
  const stack: unknown = body.stacks ? Reflect.get(node.value, 'stack') : undefined
  if (typeof stack === 'string') text += `"stack":${body.ref(stack, node, 'stack')},`
  if (own.size > 0) text += `"own":${writeOwn(own, node, body)},`
  body.fill(record, `{${text.slice(0, -1)}}`)
  return `["${tag}",${record}]`
}

function writeOwn(own: ReadonlyMap<string, unknown>, node: Node, body: BodyWriter): number {
  if (own.has('__proto__')) throw refuseExtra(node, '__proto__', body)
  const record = body.reserve()
  const fields = [...own].map(([name, value]) => `${JSON.stringify(name)}:${body.ref(value, node, name)}`)
  body.fill(record, `{${fields.join(',')}}`)
  return record
}

/** An empty error of the class that `tag` names. */
export function allocateTagged(tag: string): object {
  return allocateError(classes.get(tag) ?? Error)
}

/** Fills an error from its record. Returns false for a record that no writer made. */
export function populateError(error: object, record: Readonly<Record<string, unknown>>): boolean {
  const { own, ...hidden } = record
  if (own !== undefined && (typeof own !== 'object' || own === null)) return false
  for (const [name, value] of Object.entries(hidden)) define(error, name, value, false)
  for (const [name, value] of Object.entries(own ?? {})) define(error, name, value, true)
  if (error instanceof BrineError && !isBrineErrorCode(error.code)) return false
  if (!Object.hasOwn(hidden, 'stack')) headStack(error)
  return true
}

function define(error: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, name, { value, enumerable, writable: true, configurable: true })
}
