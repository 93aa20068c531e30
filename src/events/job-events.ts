import type { JobNames, ProgressOutput, QueueContract, ResultOutput } from '../contract/contract.ts'
import type { BrineError } from '../errors.ts'

/** Where an event stands: pass its `position` as `after` to read on from there, in any process. */
export interface Positioned {
  /** The event's id in Redis' stream. */
  readonly position: string
  readonly at: Date
}

/** What tells nothing but where a job went. BullMQ's words, but `enqueued` for its `added`. */
type Step =
  | { readonly type: 'enqueued' | 'active' | 'stalled' | 'waiting-children' }
  /** `from` is where it was: `delayed`, `active` (tried again, or put back), `waiting-children`, `failed` (retried); undefined for a new job. */
  | { readonly type: 'waiting'; readonly from: string | undefined }
  | { readonly type: 'delayed'; readonly until: Date }
  /** `error` is JOB_CANCELLED for a job that was cancelled while it waited. */
  | { readonly type: 'removed'; readonly from: string | undefined; readonly error: unknown }
  | { readonly type: 'deduplicated'; readonly deduplicationId: string }
  | { readonly type: 'retries-exhausted'; readonly attempts: number }
  /** `error` is what the handler threw, or JOB_FAILED with its message when that is not to be had. */
  | { readonly type: 'failed'; readonly error: unknown }
  /** The job was refused with `code` before its handler began; `error` is JOB_QUARANTINED, with that refusal as its cause. */
  | { readonly type: 'quarantined'; readonly code: string; readonly error: BrineError }

/** A value that was decoded, or why it could not be. */
type Progress<Value> =
  | { readonly type: 'progress'; readonly progress: Value; readonly unreadable?: undefined }
  | { readonly type: 'progress'; readonly progress?: undefined; readonly unreadable: BrineError }
type Completed<Value> =
  | { readonly type: 'completed'; readonly result: Value; readonly unreadable?: undefined }
  | { readonly type: 'completed'; readonly result?: undefined; readonly unreadable: BrineError }

/** What happened to a job of the contract. */
type OfJob<C extends QueueContract> = {
  [N in JobNames<C>]: { readonly id: string; readonly name: N } & (
    | Step
    | Progress<ProgressOutput<C, N>>
    | Completed<ResultOutput<C, N>>
  )
}[JobNames<C>]

/** What happened to a job of which Redis no longer knows the name, or whose name the contract does not have. */
type OfUnknownJob = { readonly id: string; readonly name: undefined } & (
  | Step
  | { readonly type: 'progress' | 'completed'; readonly unreadable: BrineError }
)

/** What happened to the queue. */
type OfQueue =
  | { readonly type: 'drained' | 'paused' | 'resumed' }
  | { readonly type: 'cleaned'; readonly count: number }
  /** Events that followed `after` may be lost: Redis trimmed them, or did not keep them, before they were read. */
  | { readonly type: 'missed'; readonly after: string }
  /** An event that BrineMQ does not know: of a newer BullMQ, or published by somebody. */
  | { readonly type: 'other'; readonly event: string; readonly fields: Readonly<Record<string, string>> }

/** An event of a queue: see `producer.events`. Told apart by `type`, and then by `name`. */
export type JobEvent<C extends QueueContract = QueueContract> = Positioned &
  (OfJob<C> | OfUnknownJob | (OfQueue & { readonly id?: undefined; readonly name?: undefined }))

/** Options of `producer.events`. */
export interface EventsOptions {
  /** A `position` to read on from; `'0'` for all that Redis still has. Default: from now on. */
  after?: string | undefined
  /** Ends the reading, with the signal's reason. */
  signal?: AbortSignal | undefined
}
