import type { JobNames, PayloadOutput, QueueContract } from '../contract/contract.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'

/** A job that code under test has enqueued. */
export interface CapturedJob<C extends QueueContract, N extends JobNames<C>> {
  readonly id: string
  readonly name: N
  /** What the job's handler would receive: a copy that went through the codec and both validations. */
  readonly payload: PayloadOutput<C, N>
  /** The contract's defaults and the enqueue's own, as BullMQ would get them. */
  readonly options: EnqueueOptions
}

/** A captured job of any name of the contract; its payload's type follows from its name. */
export type AnyCapturedJob<C extends QueueContract> = { [N in JobNames<C>]: CapturedJob<C, N> }[JobNames<C>]
