import { BrineError, isBrineErrorCode } from '../../errors.ts'
import { allocateError } from '../../model/error-state.ts'
import type { Way } from '../../schema/way.ts'
import { nearestBuiltIn, textAt, unreadableMessage } from './describe-thrown.ts'
import { nothing, ownParts, type PartTaker, propertyOf } from './part-taker.ts'

/** An empty error of the class without a model that is nearest to the error's own. */
export function allocateLike(error: object): Error {
  const nearest = nearestBuiltIn(error)
  if (nearest !== BrineError) return allocateError(nearest)
  return allocateError(isBrineErrorCode(propertyOf(error, 'code')?.value) ? BrineError : Error)
}

const special: ReadonlySet<string> = new Set(['name', 'message', 'stack'])
// As errors have these: without showing them.
const hidden: ReadonlySet<string> = new Set(['cause', 'errors'])

/** Fills an empty error with what travels of another: its name, message and own data, and its stack where stacks travel. */
export function degradeError(error: object, copy: Error, way: Way, taker: PartTaker): void {
  const define = (name: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(copy, name, { value, enumerable, writable: true, configurable: true })
  const text = (name: string, value: string) => taker.text(value, way.known(name))

  const message = textAt(error, 'message')
  if (message === undefined) {
    define('message', unreadableMessage, false)
    taker.omit(way.known('message'))
  } else if (message !== '' || Object.hasOwn(error, 'message')) define('message', text('message', message), false)
  const name = textAt(error, 'name')
  if (name !== undefined && name !== copy.name) define('name', text('name', name), true)
  const stack = taker.stacks ? textAt(error, 'stack') : undefined
  if (stack !== undefined) define('stack', text('stack', stack), false)

  for (const { name: key, value, enumerable, way: at } of ownParts(error, way, taker)) {
    if (special.has(key)) continue
    const taken = taker.take(value, at)
    // What hid other data keeps nobody from showing it.
    if (taken !== nothing) define(key, taken, enumerable || !hidden.has(key))
  }
}
