import { BrineError } from '../errors.ts'

const position = /^\d+(-\d+)?$/

/** The `after` of `events`. Throws OPTIONS_INVALID. */
export function checkPosition(after: unknown): void {
  if (after === undefined || (typeof after === 'string' && position.test(after))) return
  throw new BrineError('OPTIONS_INVALID', "must be an event's position, or '0'", { path: 'after' })
}
