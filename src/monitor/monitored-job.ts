import type { JobNames, PayloadOutput, ProgressOutput, QueueContract, ResultOutput } from '../contract/contract.ts'
import type { BrineError } from '../errors.ts'
import type { JobState } from '../job/inspect-job.ts'
import type { QuarantinedJob } from '../quarantine/quarantined-job.ts'

/** A stored value: decoded and validated, or why it cannot be. */
export type Reading<Value> =
  | {
      readonly value: Value
      readonly unreadable?: undefined
      /** Of a payload whose schema changes values: what was enqueued, which the worker makes `value` of; in a box. */
      readonly given?: { readonly value: unknown } | undefined
      readonly bytes: number
    }
  | Unreadable

/** A stored value that cannot be read. */
export interface Unreadable {
  readonly value?: undefined
  /** Why: its code and path are those with which a worker refuses it. */
  readonly unreadable: BrineError
  /** True when the listing did not decode it, because it had reached the `maxBytes` of its page. */
  readonly isUnopened?: boolean | undefined
  /** What could be decoded, and was then refused by its schema; in a box. */
  readonly decoded?: { readonly value: unknown } | undefined
  /** Of the stored text. */
  readonly bytes: number
}

/** What an attempt of a job failed with. */
export interface JobFailure {
  /** As it was thrown, of its class; JOB_FAILED with the message alone when that is all there is. */
  readonly value: unknown
  /** The name of its class. */
  readonly kind: string
  readonly code: string | undefined
  /** Of the error as it was thrown; `[hidden]` where its model marks it as sensitive. */
  readonly message: string
}

/** A job as it is stored, beside what it carries. */
export interface StoredFacts {
  readonly queue: string
  readonly id: string
  readonly state: JobState
  /** The name in Redis, which the contract may not have. */
  readonly storedName: string
  readonly enqueuedAt: Date | undefined
  /** When it was taken last. */
  readonly startedAt: Date | undefined
  readonly endedAt: Date | undefined
  /** Of a delayed job: when it will wait. */
  readonly dueAt: Date | undefined
  /** Attempts that came to an end, and the most there may be. */
  readonly attempts: number
  readonly maxAttempts: number
  readonly priority: number
  /** The name of the worker that took it last. */
  readonly worker: string | undefined
  readonly parent: { readonly queue: string; readonly id: string } | undefined
  /** The schedule that made it. */
  readonly schedule: string | undefined
  readonly deduplicationId: string | undefined
  /** What a failed job failed with. */
  readonly error: JobFailure | undefined
  /** The last error that did not end the job: the job completed later, or waits for another attempt. */
  readonly formerError: JobFailure | undefined
  /** Of a job in quarantine: why, when and by whom it was put there, and the id of its entry. */
  readonly quarantine: QuarantinedJob | undefined
}

type Known<C extends QueueContract> = {
  [N in JobNames<C>]: StoredFacts & {
    readonly name: N
    readonly payload: Reading<PayloadOutput<C, N>>
    /** Of a completed job. */
    readonly result: Reading<ResultOutput<C, N>> | undefined
    readonly progress: Reading<ProgressOutput<C, N>> | undefined
  }
}[JobNames<C>]

type Unknown = StoredFacts & {
  readonly name: undefined
  readonly payload: Unreadable
  readonly result: Unreadable | undefined
  readonly progress: Unreadable | undefined
}

/** A job of a contract, decoded. `name` tells the types of its values; it is undefined for a job that the contract does not have. */
export type MonitoredJob<C extends QueueContract = QueueContract> =
  // Of several contracts, the jobs of each: two queues may have a job of one name.
  (C extends QueueContract ? Known<C> & { readonly queue: C['name'] } : never) | Unknown
