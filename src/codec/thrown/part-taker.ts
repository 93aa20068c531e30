import { errorExtras } from '../../model/error-extras.ts'
import { isError } from '../../realm/is-error.ts'
import type { Way } from '../../schema/way.ts'

/** What the walk over a failure does with the parts of each object. */
export interface PartTaker {
  /** What travels of a part; `nothing`, after noting its path, of one that does not. */
  take(value: unknown, way: Way): unknown
  /** A text that is cut, in place of being left out, when it is too long. */
  text(text: string, way: Way): string
  /** Notes that what is at a place was left out. */
  omit(way: Way): void
  omitAt(path: string): void
  /** How many more values may travel. A container takes half of them at most: what it holds must travel too. */
  readonly left: number
  readonly stacks: boolean
}

/** What travels of a part that is left out. */
export const nothing: unique symbol = Symbol('nothing')

export interface OwnPart {
  readonly name: string
  readonly value: unknown
  readonly enumerable: boolean
  readonly way: Way
}

/**
 * The own data of an object that may travel. Accessors never run. What is hidden is machinery when it is a function, or its name
 * begins with `_`, and is passed over without a word: nobody who prints the object sees it either. Other hidden data is taken, such as
 * the `issues` of a ZodError. `message` is an accessor in some errors, and is read by its own rule.
 */
export function* ownParts(object: object, way: Way, taker: PartTaker): Iterable<OwnPart> {
  const stepTo = stepsInto(object, way)
  for (const name of Reflect.ownKeys(object)) {
    if (name === 'message') continue
    const property = propertyOf(object, name)
    if (property === undefined) {
      if (typeof name === 'string' && !(name === 'stack' && !taker.stacks)) taker.omit(stepTo(name))
      continue
    }
    const { enumerable = false, value } = property
    const isData = 'value' in property
    if (typeof name === 'symbol') {
      if (enumerable) taker.omitAt(`${way.path}[symbol]`)
      continue
    }
    if (!enumerable && (!isData || typeof value === 'function' || name.startsWith('_'))) continue
    const at = stepTo(name)
    if (!isData || name === '__proto__') taker.omit(at)
    else yield { name, value, enumerable, way: at }
  }
}

/**
 * An own property; undefined when it cannot be looked at. The traps of a proxy may throw, and so may the first look at a stack:
 * `Error.prepareStackTrace`, which source maps replace, then reads the message.
 */
export function propertyOf(object: object, name: PropertyKey): PropertyDescriptor | undefined {
  try {
    return Object.getOwnPropertyDescriptor(object, name)
  } catch {
    return undefined
  }
}

/** Leads on to properties of an object. */
export function stepsInto(object: object, way: Way): (name: string) => Way {
  const isOfError = isError(object)
  let positions: Map<string, number> | undefined
  return (name) => {
    if (isOfError && errorExtras.has(name)) return way.known(name)
    positions ??= new Map(Object.keys(object).map((one, position) => [one, position]))
    return way.name(name, positions.get(name) ?? -1)
  }
}
