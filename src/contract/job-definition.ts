import type { z } from 'zod'
import type { JobDefaults } from './job-options.ts'

/** One entry of a contract, as its author writes it. */
export interface JobDefinition {
  /** What `enqueue` takes and the handler receives. */
  readonly payload: z.ZodType
  /** What the handler returns and `result()` gives. Without it the handler may return anything that can be encoded. */
  readonly result?: z.ZodType
  /** What the handler may report by `progress`. Without it, anything that can be encoded. */
  readonly progress?: z.ZodType
  /** A whole number from 1, the default. Raise it when the payload changes, so that old workers refuse the new jobs. */
  readonly version?: number
  /**
   * How long an attempt's handler may take, in milliseconds. Then its signal is aborted with JOB_TIMEOUT, and the attempt has
   * failed with that: another follows while `attempts` last. A handler that does not heed its signal within a second is given
   * up, and what it still does is ignored. Default: no limit.
   */
  readonly timeoutMs?: number
  /** BullMQ's job options, by their own names, for every job of this name; an enqueue's own options go over them. */
  readonly options?: JobDefaults
}

export type JobDefinitions = Readonly<Record<string, JobDefinition>>
