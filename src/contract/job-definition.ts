import type { z } from 'zod'
import type { UpcastChain, Upcasts } from '../model/upcast-steps.ts'
import type { JobDefaults } from './job-options.ts'

/** One entry of a contract, as its author writes it. */
export interface JobDefinition {
  /** What `enqueue` takes and the handler receives. */
  readonly payload: z.ZodType
  /** What the handler returns and `result()` gives. Without it the handler may return anything that can be encoded. */
  readonly result?: z.ZodType
  /** What the handler may report by `progress`. Without it, anything that can be encoded. */
  readonly progress?: z.ZodType
  /**
   * Of the payload; a whole number from 1, the default. Raise it when the payload's shape changes, and give an upcaster: old
   * workers then leave the new jobs alone, and new workers read the old ones.
   */
  readonly version?: number
  /**
   * `{ n: payloadOfVersionN => payloadOfVersionNPlus1 }`, up to this version: from what was stored to what is stored now, before
   * the schema is asked. Instances in it are of today's versions. Of a first step's parameter nothing else knows the
   * type, so it is written there. Not async.
   */
  readonly upcast?: Upcasts
  /**
   * When the payload's transforms, defaults and coercions run.
   *
   * - `attempt`, the default: what `enqueue` was given is stored, and the worker parses it at each attempt. A default of
   *   `randomUUID()` gives another id each time.
   * - `enqueue`: whoever enqueues parses the payload, and its output is stored. Workers check that by what the schema says of its
   *   output, and run no transform. A schedule's payload is parsed when the schedule is added or changed, for all of its runs.
   *
   * Changing it changes what is stored: raise `version`. The fields of models are parsed each time in either case.
   */
  readonly parse?: 'attempt' | 'enqueue'
  /** Names that this job had before. Jobs that were enqueued under them go to the handler of this one. */
  readonly aliases?: readonly string[]
  /** Payloads for `brine check` to keep as texts, in place of those that it makes up: the same each time. See docs/evolution.md. */
  readonly samples?: () => readonly unknown[]
  /**
   * How long an attempt's handler may take, in milliseconds. Then its signal is aborted with JOB_TIMEOUT, and the attempt has
   * failed with that: another follows while `attempts` last. A handler that does not heed its signal within a second is given
   * up, and what it still does is ignored. Default: no limit.
   */
  readonly timeoutMs?: number
  /** BullMQ's job options, by their own names, for every job of this name; an enqueue's own options go over them. */
  readonly options?: JobDefaults
}

/** The jobs of a contract, by name. */
export type JobDefinitions = Readonly<Record<string, JobDefinition>>

/** What is stored of a job's payload: its schema's input, or with `parse: 'enqueue'` its output. */
export type PayloadStored<D extends Pick<JobDefinition, 'payload'>> = D extends { readonly parse: 'enqueue' }
  ? z.output<D['payload']>
  : z.input<D['payload']>

/** What ties the upcasters and samples of jobs to the payloads' schemas. */
export type UpcastJobs<Jobs extends JobDefinitions> = {
  readonly [N in keyof Jobs]: {
    readonly upcast?: Jobs[N] extends { readonly upcast: infer U } ? UpcastChain<U, PayloadStored<Jobs[N]>> : Upcasts
    readonly samples?: () => readonly z.input<Jobs[N]['payload']>[]
  }
}
