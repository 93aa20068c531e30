import { EncodedText } from '../bullmq/encoded-text.ts'
import { HandlerFailure } from '../bullmq/handler-failure.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import { findJob, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { readCancellation } from '../job/cancellation.ts'
import { loggable } from './loggable.ts'
import type { AttemptEnd, Measured, WorkerEvent, WorkerEventListener } from './worker-event.ts'

/** Tells middlewares how attempts end, and measures them for that. */
export interface Tell {
  (event: WorkerEvent): void
  begin(job: StoredJob): Measured
  /** That an attempt was stored as failed with `error`; undefined for completed. */
  ended(job: StoredJob, error?: Error): void
  /** That an attempt ended otherwise. */
  away(job: StoredJob, end: Pick<AttemptEnd, 'type' | 'why' | 'forMs' | 'times' | 'error'>): void
}

/** Undefined where nobody listens: then nothing is measured. */
export function createAttemptEvents(
  contract: QueueContract,
  use: readonly WorkerEventListener[],
  report: (error: unknown) => void,
): Tell | undefined {
  const listeners = use.filter(({ onEvent }) => typeof onEvent === 'function')
  if (listeners.length === 0) return undefined
  const measures = new WeakMap<StoredJob, Measured>()

  function tell(event: WorkerEvent): void {
    for (const listener of listeners) {
      try {
        listener.onEvent?.(event)
      } catch (error) {
        report(error)
      }
    }
  }

  function end(job: StoredJob, attempt: number, of: Pick<AttemptEnd, 'type'> & Partial<AttemptEnd>): void {
    const storedName = String(job.name).slice(0, longestName)
    const known = { queue: contract.name, job: findJob(contract, job.name)?.current }
    tell({ ...measures.get(job), ...known, storedName, id: String(job.id), attempt, ...of })
    measures.delete(job)
  }

  return Object.assign(tell, {
    begin(job: StoredJob) {
      const { data } = job
      const measured: Measured = {
        payloadBytes: data instanceof EncodedText ? Buffer.byteLength(data.text) : 0,
        waitMs: waitOf(job),
        decodeMs: undefined,
        runMs: undefined,
        encodeMs: undefined,
      }
      measures.set(job, measured)
      return measured
    },
    ended(job: StoredJob, error?: Error) {
      // BullMQ has counted it by now.
      if (!error) return end(job, job.attemptsMade, { type: 'completed' })
      const type = job.finishedOn === undefined ? 'retried' : 'failed'
      end(job, job.attemptsMade, { type, ...describe(job, error, contract) })
    },
    away(job: StoredJob, { type, why, forMs, times, error }: Parameters<Tell['away']>[1]) {
      const code = error instanceof BrineError ? error.code : undefined
      const own = error instanceof BrineError ? { message: error.message, stack: error.message } : undefined
      end(job, job.attemptsMade + 1, { type, why, forMs, times, error, code, loggable: own })
    },
  })
}

const longestName = 100

function describe(
  job: StoredJob,
  error: Error,
  contract: QueueContract,
): Pick<AttemptEnd, 'code' | 'error' | 'loggable'> {
  const stored = { message: error.message, stack: error.stack ?? '' }
  if (!HandlerFailure.is(error)) {
    // BullMQ's own: it stalled too often, was cancelled while it waited, …
    return { code: readCancellation(job.name, error.message)?.code ?? 'JOB_FAILED', error, loggable: stored }
  }
  const { thrown } = error
  return { code: isOurs(thrown) ? thrown.code : undefined, error: thrown, loggable: loggable(thrown, stored, contract) }
}

function isOurs(thrown: unknown): thrown is BrineError {
  try {
    return thrown instanceof BrineError
  } catch {
    // A proxy may be thrown.
    return false
  }
}

function waitOf({ attemptsMade, attemptsStarted, processedOn, timestamp, opts }: StoredJob): number | undefined {
  if (attemptsMade > 0 || attemptsStarted > 1 || processedOn === undefined) return undefined
  return Math.max(0, processedOn - timestamp - (Number(opts.delay) || 0))
}
