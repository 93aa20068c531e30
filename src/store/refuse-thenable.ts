import { BrineError } from '../errors.ts'
import { root } from '../path.ts'

/**
 * Refuses a value that cannot be what a promise resolves to: `await` would call its `then` method instead of handing it
 * over. Throws UNSUPPORTED_VALUE.
 */
export function refuseThenable(value: unknown): void {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return
  if (!('then' in value) || typeof value.then !== 'function') return
  throw new BrineError('UNSUPPORTED_VALUE', 'await would call its then method; put it into an array or an object', {
    path: root,
  })
}
