import type { WorkerOptions } from 'bullmq'
import { HandlerFailure } from '../bullmq/handler-failure.ts'
import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { describeAttempt, type FailedAttempt } from './retry.ts'

type Strategy = NonNullable<NonNullable<WorkerOptions['settings']>['backoffStrategy']>

/**
 * Milliseconds until the next attempt of a job whose `backoff: { type }` is none of BullMQ's own. Asked with what the handler
 * threw, as its class, after each failed attempt that another follows. `retry` goes before it: that decides for all jobs.
 *
 * @example
 * createWorker(orders, {
 *   backoff: (error, { type, attempt }) => (type === 'patient' ? 60_000 : 1_000) * attempt,
 *   …
 * })
 */
export type Backoff<C extends QueueContract> = (
  error: unknown,
  job: FailedAttempt<C> & { readonly type: string },
) => number | Promise<number>

export interface BackoffSources {
  /** Its types were checked where it was given. */
  backoff: Backoff<QueueContract> | undefined
  /** BullMQ's own, with the strategy in its untyped shape. */
  settings: WorkerOptions['settings']
  report: (error: unknown) => void
}

/** The user's backoff, as BullMQ asks for it; a retry at once when there is none, it throws, or what it gives is no time. */
export function backoffStrategy({ backoff, settings, report }: BackoffSources): Strategy {
  const own = settings?.backoffStrategy
  if (backoff !== undefined && (typeof backoff !== 'function' || own)) {
    const remedy = own ? 'stands beside settings.backoffStrategy: give one of them' : 'must be a function'
    throw new BrineError('OPTIONS_INVALID', remedy, { path: 'backoff' })
  }
  return async (attempts, type = '', error, job) => {
    const thrown = error instanceof HandlerFailure ? error.thrown : error
    const name = job?.name
    try {
      if (own) return await own(attempts, type, thrown as Error, job)
      if (!backoff || !job) {
        throw new BrineError('OPTIONS_INVALID', `the worker needs a backoff for the type '${type}'`, { job: name })
      }
      // BullMQ has counted the attempt already.
      const ms: unknown = await backoff(thrown, { ...describeAttempt(job, attempts), type })
      if (typeof ms === 'number' && Number.isFinite(ms) && ms >= 0) return ms
      throw new BrineError('OPTIONS_INVALID', 'must give milliseconds, 0 or more', { job: name, path: 'backoff' })
    } catch (cause) {
      // Thrown on to BullMQ it would leave the job active, with a lock that nobody renews.
      report(cause)
      return 0
    }
  }
}
