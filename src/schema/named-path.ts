import type { BrineError } from '../errors.ts'
import { join, root } from '../path.ts'
import type { Names } from './way.ts'

const named = new WeakMap<BrineError, string>()

/**
 * Lets an error that gives only declared names remember its path with other names. A model does not know whose codec asks it, and so
 * whether names may be printed.
 */
export function rememberNamed(error: BrineError, path: string): BrineError {
  named.set(error, path)
  return error
}

/** The refusal of a model for what stands at `outer`, by a codec that prints `names`. */
export function within(outer: string, error: BrineError, names: Names): BrineError {
  const inner = (names === 'declared' ? undefined : named.get(error)) ?? error.path ?? root
  return error.relocated({ path: join(outer, inner) })
}
