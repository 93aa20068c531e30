import type { MinimalJob } from 'bullmq'
import type { HandlerFailure } from '../bullmq/handler-failure.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import type { JobNames, QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'

/** Of the attempt that failed. */
export interface FailedAttempt<C extends QueueContract = QueueContract> {
  readonly id: string
  readonly name: JobNames<C>
  /** From 1. */
  readonly attempt: number
  readonly maxAttempts: number
}

/**
 * Decides by what a handler threw whether another attempt follows, asked while the job's `attempts` last: `true` or `false`;
 * `{ delayMs }` for one after that time, whatever the job's `backoff` says; undefined leaves it to the error's own nature.
 *
 * It is an option of the worker, and none of the contract: the classes of errors that it asks for are the worker's (of an
 * HTTP client, of a database), which producers do not have, and which need not travel.
 *
 * @example
 * createWorker(orders, {
 *   retry: (error, { attempt }) => {
 *     if (error instanceof CardDeclined) return false
 *     if (error instanceof ServiceBusy) return { delayMs: 1_000 * attempt }
 *   },
 *   …
 * })
 */
export type Retry<C extends QueueContract> = (
  error: unknown,
  job: FailedAttempt<C>,
) => boolean | { delayMs: number } | undefined

/** What a decision is told of the attempt that failed, the first of which is 1. */
export function describeAttempt({ id, name, opts }: Described, attempt: number): FailedAttempt {
  return { id: String(id), name, attempt, maxAttempts: Math.max(1, Number(opts.attempts) || 1) }
}

type Described = Pick<MinimalJob, 'id' | 'name' | 'opts'>

/** Applies the user's decision to a failure, before BullMQ is told of it. What is thrown by it, or makes no sense, is reported. */
export function decideRetry(
  failure: HandlerFailure,
  job: StoredJob,
  retry: Retry<QueueContract>,
  report: (error: unknown) => void,
): void {
  const { name, opts } = job
  try {
    const attempt = describeAttempt(job, job.attemptsMade + 1)
    if (attempt.attempt >= attempt.maxAttempts) return
    const decision: unknown = retry(failure.thrown, attempt)
    if (decision === undefined) return
    if (typeof decision === 'boolean') {
      failure.decide(decision)
      return
    }
    const delay: unknown = typeof decision === 'object' && decision !== null && Reflect.get(decision, 'delayMs')
    if (typeof delay !== 'number' || !Number.isFinite(delay) || delay < 0) {
      throw new BrineError('OPTIONS_INVALID', 'must give true, false, undefined, or { delayMs }', {
        job: name,
        path: 'retry',
      })
    }
    // Of this job as this process has it: what Redis has stays.
    job.opts = { ...opts, backoff: { type: 'fixed', delay } }
    failure.decide(true)
  } catch (error) {
    report(error)
  }
}
