import type { QueueContract } from '../contract/contract.ts'
import type { EventsOptions, JobEvent } from '../events/job-events.ts'
import type { JobState } from '../job/inspect-job.ts'
import type { Counts } from '../producer/control.ts'
import type { FailureGroup } from './group-failures.ts'
import type { MonitoredJob } from './monitored-job.ts'
import type { RunningContract } from './read-contracts.ts'
import type { OldestWaiting } from './read-oldest.ts'
import type { Throughput } from './read-throughput.ts'
import type { Times } from './read-times.ts'
import type { Workers } from './read-workers.ts'

/** The states whose jobs can be listed. */
export type ListedState = Exclude<JobState, 'missing' | 'quarantined'>

/** How many jobs are in each state, and how many were put into quarantine. */
export type MonitoredCounts = Counts

/** Which jobs of a state are told. */
export interface PageOptions {
  /** How many jobs are passed over. Default 0. */
  start?: number | undefined
  /** How many jobs a page has, from 1 to 500. Default 20. */
  count?: number | undefined
  /**
   * Default: those that come next, or happened last, first. `reverse` begins at the other end.
   */
  reverse?: boolean | undefined
  /**
   * How many bytes of payloads, results and errors are decoded. A text beyond that has `isUnopened`; texts of up to 1 KiB are decoded in
   * any case. Default: all of the page.
   */
  maxBytes?: number | undefined
}

/** Some of the jobs of a state. */
export interface JobPage<C extends QueueContract = QueueContract> {
  readonly jobs: readonly MonitoredJob<C>[]
  /** How many are in the state. */
  readonly total: number
  /** The `start` of the page that follows; undefined after the last. */
  readonly next: number | undefined
}

/** What can be known of a queue. Each question rejects with REDIS_UNREACHABLE, REDIS_REFUSED and CLOSED. */
export interface QueueMonitor<C extends QueueContract = QueueContract> {
  readonly contract: C
  isPaused(): Promise<boolean>
  counts(): Promise<MonitoredCounts>
  /** Jobs of a state, decoded and validated; one that cannot be read says why in itself. Rejects with OPTIONS_INVALID. */
  jobs(state: ListedState, page?: PageOptions): Promise<JobPage<C>>
  /** One job, wherever it is, the quarantine too; undefined when it is not, or no longer, in Redis. */
  job(id: string): Promise<MonitoredJob<C> | undefined>
  /** What the last failed jobs failed with: at most `last` of them, default 1,000. */
  failures(options?: { last?: number | undefined }): Promise<{ groups: FailureGroup[]; jobs: number; total: number }>
  /** How long jobs waited and ran, of the last `last` that ended, default 1,000. */
  times(options?: { last?: number | undefined }): Promise<Times>
  /** How many jobs ended in the last `minutes`, default 60, from 1 to 1,440. */
  throughput(options?: { minutes?: number | undefined }): Promise<Throughput>
  /** The job that waits longest; undefined when none waits. */
  oldestWaiting(): Promise<OldestWaiting | undefined>
  /** Who works, and on what. */
  workers(): Promise<Workers>
  /** Which contracts the workers run, and who lags behind: see docs/evolution.md. */
  contracts(): Promise<RunningContract[]>
  /** What happens, as it happens, with decoded values: see `producer.events`. */
  events(options?: EventsOptions): AsyncGenerator<JobEvent<C>, void, undefined>
}
