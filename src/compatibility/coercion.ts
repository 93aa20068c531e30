import { type Change, refuses, takes, unknown } from './change.ts'
import { isWhole } from './format-ranges.ts'
import { nameOfShape } from './name-of-shape.ts'
import type { Shape } from './shape.ts'

export type Outcome = 'takes' | 'refuses' | 'unknown'

const always: Readonly<Record<string, ReadonlySet<string>>> = {
  string: new Set(['string', 'number', 'bigint', 'boolean', 'date']),
  number: new Set(['number', 'bigint', 'boolean', 'date']),
  bigint: new Set(['bigint', 'boolean']),
  date: new Set(['date', 'boolean']),
}
/** What it depends on the value of. */
const sometimes: Readonly<Record<string, ReadonlySet<string>>> = {
  number: new Set(['string']),
  bigint: new Set(['string']),
  date: new Set(['string', 'number']),
}

/** What a schema that coerces makes of values of another kind. What an author's own preprocess makes of them nothing tells. */
export function coerce(old: Shape, now: Shape): Outcome {
  const { type, coerced } = now
  if (coerced === 'preprocessed') return 'unknown'
  const isWholeNumber = type === 'bigint' && old.type === 'number' && isWhole(old)
  if (type === 'boolean' || always[type]?.has(old.type) || isWholeNumber) return asksMore(now) ? 'unknown' : 'takes'
  return sometimes[type]?.has(old.type) ? 'unknown' : 'refuses'
}

/** Whether a shape may take values of a type. */
export function takesType(shape: Shape, type: string): boolean {
  return shape.type === type || (shape.coerced !== undefined && coerce({ type }, shape) !== 'refuses')
}

/** What becomes of values of one kind where another is made of what stands there. */
export function compareCoerced(before: Shape, now: Shape, path: string): Change[] {
  const text = `was ${nameOfShape(before)}, is ${nameOfShape(now)}`
  const outcome = coerce(before, now)
  if (outcome === 'refuses') return [refuses('type-changed', path, text)]
  if (outcome === 'takes') return [takes('widened', path, text)]
  return [unknown('not-described', path, `${text} made of it: samples alone can tell of what it cannot be made`)]
}

/** Whether it is held to more than its kind. */
function asksMore({ min, max, above, below, multipleOf, formats, refinements }: Shape): boolean {
  return [min, max, above, below, multipleOf, formats, refinements].some((one) => one !== undefined)
}
