import type { JobNames, PayloadOutput, ProgressInput, QueueContract, ResultInput } from '../contract/contract.ts'
import type { HandlerChildren } from '../flow/handler-children.ts'
import type { JobDeferred } from '../job/job-deferred.ts'
import type { SandboxedHandler } from '../sandbox/sandboxed.ts'
import type { DefinedHandler } from './define-handler.ts'

/** What a handler knows of its job, and what it can tell while it works. Its members may be taken out of it. */
export interface HandlerContext<C extends QueueContract = QueueContract, N extends JobNames<C> = JobNames<C>> {
  readonly id: string
  readonly name: N
  /** From 1. An attempt that a closing worker put back does not count. */
  readonly attempt: number
  readonly maxAttempts: number
  readonly enqueuedAt: Date
  /** What `enqueue` was given as `telemetry: { metadata }`, by its caller or by a middleware of the producer. */
  readonly metadata: string | undefined
  /**
   * Aborted when the work is in vain: with JOB_CANCELLED when the job is cancelled, and JOB_TIMEOUT when its `timeoutMs` is
   * over (the handler then has a second to end, and the attempt has failed whatever it returns); with LOCK_LOST when another
   * worker may have taken the job over; with WORKER_CLOSED when the worker closes and its grace period is over. The reason is
   * a BrineError.
   */
  readonly signal: AbortSignal
  /** Stores how far the work is, for whoever follows the job. Rejects with PROGRESS_INVALID, or the codec's refusals. */
  readonly progress: (value: ProgressInput<C, N>) => Promise<void>
  /** Adds a line to the job's log in Redis. */
  readonly log: (line: string) => Promise<void>
  /** The jobs that had to end before this one, and more of them: see docs/flows.md. */
  readonly children: HandlerChildren
  /** `throw context.delay(ms)`: the job comes again when the time is over, at no attempt's cost. */
  readonly delay: (ms: number) => JobDeferred
  /**
   * `throw context.rateLimit(ms)`, for a handler that met a 429: no worker takes a job of the queue until the time is over, and
   * this one comes again then, at no attempt's cost.
   */
  readonly rateLimit: (ms: number) => JobDeferred
}

/**
 * Does a job's work. What it returns is the result that `result()` gives to the producer; what it throws is the error.
 * Another attempt follows a throw while `attempts` last, but not after an UnrecoverableError of BullMQ's.
 */
export type Handler<C extends QueueContract, N extends JobNames<C>> = (
  payload: PayloadOutput<C, N>,
  context: HandlerContext<C, N>,
) => ResultInput<C, N> | Promise<ResultInput<C, N>>

/** A handler for each job of a contract. */
export type Handlers<C extends QueueContract> = {
  readonly [N in JobNames<C>]: Handler<C, N> | SandboxedHandler<DefinedHandler<C, N>>
}
