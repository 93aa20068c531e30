import { BrineError } from '../errors.ts'

/** What tests in memory answer to what only a Redis has. */
export function needsRedis(what: string): BrineError {
  return new BrineError('OPTIONS_INVALID', `${what} needs a Redis: test this with useEmbedded()`)
}
