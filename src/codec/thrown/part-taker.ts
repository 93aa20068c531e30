import { step } from '../../path.ts'

/** What the walk over a failure does with the parts of each object. */
export interface PartTaker {
  /** What travels of a part; `nothing`, after noting its path, of one that does not. */
  take(value: unknown, path: string): unknown
  /** A text that is cut, in place of being left out, when it is too long. */
  text(text: string, path: string): string
  /** Notes that what stands at a path was left out. */
  omit(path: string): void
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
  readonly path: string
}

/**
 * The own data of an object that may travel. Accessors never run. What is hidden is machinery when it is a function, or its name
 * begins with `_`, and is passed over without a word: nobody who prints the object sees it either. Other hidden data is taken, such as
 * the `issues` of a ZodError. `message` is an accessor in some errors, and is read by its own rule.
 */
export function* ownParts(object: object, path: string, taker: PartTaker): Iterable<OwnPart> {
  for (const name of Reflect.ownKeys(object)) {
    const property = Object.getOwnPropertyDescriptor(object, name)
    if (property === undefined || name === 'message') continue
    const { enumerable = false, value } = property
    const isData = 'value' in property
    if (typeof name === 'symbol') {
      if (enumerable) taker.omit(`${path}[symbol]`)
      continue
    }
    if (!enumerable && (!isData || typeof value === 'function' || name.startsWith('_'))) continue
    const at = step(path, 'record', name)
    if (!isData || name === '__proto__') taker.omit(at)
    else yield { name, value, enumerable, path: at }
  }
}
