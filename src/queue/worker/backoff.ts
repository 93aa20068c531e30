import type { WorkerOptions } from 'bullmq'
import { BrineError } from '../../errors.ts'
import { HandlerFailure } from './handler-failure.ts'

type Strategy = NonNullable<NonNullable<WorkerOptions['settings']>['backoffStrategy']>

/** The user's backoff strategy, with the error that the handler threw; a retry at once when there is none or it throws. */
export function backoffStrategy(settings: WorkerOptions['settings'], report: (error: unknown) => void): Strategy {
  return async (attempts, type, error, job) => {
    try {
      const strategy = settings?.backoffStrategy
      if (!strategy)
        throw new BrineError('OPTIONS_INVALID', `settings.backoffStrategy is needed for the backoff '${type}'`)
      return await strategy(attempts, type, error instanceof HandlerFailure ? (error.thrown as Error) : error, job)
    } catch (cause) {
      // Thrown on to BullMQ it would leave the job active, with a lock that nobody renews.
      report(cause)
      return 0
    }
  }
}
