import { BrineError } from './errors.ts'

/** The middlewares of a producer or worker. Their types were checked where they were given. Throws OPTIONS_INVALID. */
export function checkUse<M>(use: unknown, path = 'use'): readonly M[] {
  if (use === undefined) return []
  if (!Array.isArray(use) || !use.every((one) => typeof one === 'function')) {
    throw new BrineError('OPTIONS_INVALID', 'must be a list of functions', { path })
  }
  return use as M[]
}
