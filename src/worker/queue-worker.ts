import type { Worker } from 'bullmq'
import type { IdleOptions } from './wait-until-idle.ts'
import type { WorkerHealth } from './worker-health.ts'

/** Works on a queue's jobs until it is closed. Made by `createWorker`. */
export interface QueueWorker extends AsyncDisposable {
  /**
   * Resolves once the worker is connected and takes jobs; never, when it is closed before that. Rejects with EVICTION_POLICY, unless
   * `allowEviction` says that it may start.
   */
  waitUntilReady(): Promise<void>
  /**
   * Takes no more jobs until `resume`, in this worker alone. Resolves when those that run have ended; with
   * `waitForRunning: false` at once.
   */
  pause(options?: { waitForRunning?: boolean }): Promise<void>
  /** Takes jobs again. */
  resume(): Promise<void>
  /**
   * Resolves when nothing waits in the queue and nothing runs, here or in other workers; with `delayed: true` also nothing
   * that waits for its time or its children. The worker goes on. Rejects with WORKER_CLOSED, and the signal's reason.
   */
  waitUntilIdle(options?: IdleOptions): Promise<void>
  /**
   * Takes no more jobs, lets the running ones finish for `graceMs` (default: the worker's), then aborts their signals. Jobs
   * whose handlers do not end within a second of that go back to the front of the queue, at no attempt's cost.
   */
  close(options?: { graceMs?: number }): Promise<void>
  /** How it is, without asking Redis: for `serveHealth`. */
  health(): WorkerHealth
  /** The BullMQ worker, for what is not wrapped. Its jobs hold encoded texts; closing it is left to `close`. */
  readonly bullmq: Worker<unknown, unknown, string>
}
