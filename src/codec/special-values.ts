import { BrineError } from '../errors.ts'
import { root } from '../path.ts'
import { NAN, NEGATIVE_INFINITY, NEGATIVE_ZERO, POSITIVE_INFINITY, UNDEFINED } from './format.ts'

/** The values that negative indices stand for. A hole is none: it is an array's alone. */
export const specialValues: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>([
  [UNDEFINED, undefined],
  [NAN, Number.NaN],
  [POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  [NEGATIVE_ZERO, -0],
])

/** The value of a body that needs no entries. Throws TEXT_INVALID. */
export function buildSpecial(body: number): unknown {
  if (specialValues.has(body)) return specialValues.get(body)
  throw new BrineError('TEXT_INVALID', 'the body is neither a list of entries nor a special value', { path: root })
}
