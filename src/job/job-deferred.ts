import { BrineError } from '../errors.ts'

/**
 * Thrown by a handler to have its job put back at no attempt's cost: what `context.delay` and `context.rateLimit` give. It is
 * no failure: nobody who waits for the job hears of it. Middlewares see it pass, and let it.
 */
export class JobDeferred extends Error {
  readonly #ours = true
  override readonly name = 'JobDeferred'
  /** `delay`: this job comes again when the time is over. `rateLimit`: no job of the queue is taken until then. */
  readonly why: 'delay' | 'rateLimit'
  readonly ms: number

  // `instanceof` could trigger the traps of a thrown Proxy.
  static is(thrown: unknown): thrown is JobDeferred {
    return typeof thrown === 'object' && thrown !== null && #ours in thrown
  }

  /** Throws OPTIONS_INVALID unless `ms` are milliseconds, 0 or more. */
  constructor(why: JobDeferred['why'], ms: number) {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new BrineError('OPTIONS_INVALID', 'takes milliseconds, 0 or more', { path: `context.${why}` })
    }
    super(`the job is put back (${why}, ${ms} ms): throw what context.${why}(ms) gives`)
    this.why = why
    this.ms = ms
  }
}
