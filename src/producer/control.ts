import type { StoredQueue } from '../bullmq/stored-queue.ts'
import { guardSender, type Sender } from '../connection/sender.ts'
import { BrineError } from '../errors.ts'
import { checkOptions } from '../options.ts'

const cleaned = ['completed', 'failed', 'waiting', 'prioritized', 'delayed'] as const

/** The states that `clean` removes jobs of; those of BullMQ. */
export type CleanState = (typeof cleaned)[number]

/** BullMQ's states, of each of which the jobs are counted. */
export const states = [
  'waiting',
  'prioritized',
  'delayed',
  'waiting-children',
  'active',
  'completed',
  'failed',
] as const

/** How many jobs there are in each of BullMQ's states, and in quarantine. */
export type Counts = Readonly<Record<(typeof states)[number] | 'quarantined', number>>

/**
 * What holds for a queue as a whole, whoever works on it: BullMQ's own, within the producer's `enqueueTimeoutMs`. All reject with
 * REDIS_UNREACHABLE, REDIS_REFUSED, and OPTIONS_INVALID for values that cannot be.
 */
export interface QueueControl {
  /** How many jobs run at once over all workers; undefined lifts the limit. Each worker's own `concurrency` holds too. */
  setConcurrency(jobs: number | undefined): Promise<void>
  /**
   * At most `max` jobs begin in `durationMs` over all workers; undefined lifts the limit. Set this or the
   * workers' `limiter`: with both, BullMQ takes this `max` and their `duration`.
   */
  setRateLimit(limit: { max: number; durationMs: number } | undefined): Promise<void>
  /**
   * No job begins for so long. Workers look at it where a limit is set: rejects with OPTIONS_INVALID when the queue has none.
   * Handlers that meet a 429 have `context.rateLimit` for it.
   */
  rateLimit(ms: number): Promise<void>
  /** No worker takes a job until `resume`, also those that start later. What runs goes on. */
  pause(): Promise<void>
  resume(): Promise<void>
  isPaused(): Promise<boolean>
  counts(): Promise<Counts>
  /** Removes the jobs that wait, and those that are delayed with `delayed: true`. What runs goes on. */
  drain(options?: { delayed?: boolean }): Promise<void>
  /** Removes jobs of a state that are older than `olderThanMs` (default 0), at most `limit` (default 1,000), and gives their ids. */
  clean(state: CleanState, options?: { olderThanMs?: number; limit?: number }): Promise<string[]>
  /** Lets failed jobs wait again, with all their attempts; what they failed with is forgotten. */
  retryFailed(): Promise<void>
  /** Lets delayed jobs wait at once. */
  promoteDelayed(): Promise<void>
  /** Lets the next job of this deduplication id be added, whatever became of the earlier one. Gives whether there was one. */
  releaseDeduplication(id: string): Promise<boolean>
  /** Removes the queue with all that it holds. Rejects with OPTIONS_INVALID while jobs run, unless it is forced. */
  obliterate(options?: { force?: boolean }): Promise<void>
}

/** What is asked of a queue, mostly by BullMQ's own names. */
export type ControlledQueue = Pick<
  StoredQueue,
  | 'setGlobalConcurrency'
  | 'removeGlobalConcurrency'
  | 'getGlobalRateLimit'
  | 'setGlobalRateLimit'
  | 'removeGlobalRateLimit'
  | 'rateLimit'
  | 'pause'
  | 'resume'
  | 'isPaused'
  | 'getJobCounts'
  | 'drain'
  | 'clean'
  | 'retryJobs'
  | 'promoteJobs'
  | 'removeDeduplicationKey'
  | 'obliterate'
  | 'countQuarantined'
>

export interface ControlOptions {
  queue: ControlledQueue
  sender: Sender
  /** Describes what BullMQ throws, and whatever is thrown when the producer is closed. */
  refused: (error: unknown) => unknown
  isClosed: () => boolean
}

/** The controls of a queue. */
export function createControl({ queue, sender, refused, isClosed }: ControlOptions): QueueControl {
  const { send, ask } = guardSender(sender, isClosed, refused)
  return {
    async setConcurrency(jobs) {
      if (jobs !== undefined) check(Number.isSafeInteger(jobs) && jobs > 0, 'setConcurrency', 'a whole number from 1')
      await send(async () => {
        await (jobs === undefined ? queue.removeGlobalConcurrency() : queue.setGlobalConcurrency(jobs))
      })
    },
    async setRateLimit(limit) {
      if (limit === undefined) return void (await send(() => queue.removeGlobalRateLimit()))
      const { max, durationMs } = limit
      check(Number.isSafeInteger(max) && max > 0, 'setRateLimit.max', 'a whole number from 1')
      check(Number.isSafeInteger(durationMs) && durationMs > 0, 'setRateLimit.durationMs', 'whole milliseconds from 1')
      await send(() => queue.setGlobalRateLimit(max, durationMs))
    },
    async rateLimit(ms) {
      check(Number.isFinite(ms) && ms > 0, 'rateLimit', 'milliseconds, more than 0')
      const limit = await ask(() => queue.getGlobalRateLimit())
      check(limit !== null, 'rateLimit', 'of a queue that has a limit: call setRateLimit once, or workers do not look')
      await send(() => queue.rateLimit(Math.ceil(ms)))
    },
    pause: () => send(() => queue.pause()),
    resume: () => send(() => queue.resume()),
    isPaused: () => ask(() => queue.isPaused()),
    async counts() {
      const [counted, quarantined] = await ask(() =>
        Promise.all([queue.getJobCounts(...states), queue.countQuarantined()]),
      )
      return { ...Object.fromEntries(states.map((state) => [state, counted[state] ?? 0])), quarantined } as Counts
    },
    async drain(options = {}) {
      checkOptions(options, ['delayed'], 'control.drain')
      const { delayed = false } = options
      await send(() => queue.drain(delayed))
    },
    async clean(state, options = {}) {
      // A misspelt age would be none, and all jobs be old enough.
      checkOptions(options, ['olderThanMs', 'limit'], 'control.clean')
      const { olderThanMs = 0, limit = 1_000 } = options
      // BullMQ would take any key of the queue for a list of jobs.
      check(cleaned.includes(state), 'clean.state', cleaned.join(', '))
      check(Number.isFinite(olderThanMs) && olderThanMs >= 0, 'clean.olderThanMs', 'milliseconds, 0 or more')
      check(Number.isSafeInteger(limit) && limit > 0, 'clean.limit', 'a whole number from 1')
      return send(() => queue.clean(olderThanMs, limit, state))
    },
    retryFailed: () => send(() => queue.retryJobs({ state: 'failed' })),
    promoteDelayed: () => send(() => queue.promoteJobs()),
    releaseDeduplication: async (id) => (await send(() => queue.removeDeduplicationKey(id))) > 0,
    async obliterate(options = {}) {
      checkOptions(options, ['force'], 'control.obliterate')
      const { force = false } = options
      await send(() => queue.obliterate({ force }))
    },
  }
}

function check(holds: boolean, path: string, expectation: string): void {
  if (!holds) throw new BrineError('OPTIONS_INVALID', `takes ${expectation}`, { path: `control.${path}` })
}
