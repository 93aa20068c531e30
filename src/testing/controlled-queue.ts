import type { ControlledQueue } from '../producer/control.ts'
import type { EventLog } from './event-log.ts'
import type { MemoryJob } from './memory-job.ts'
import type { MemoryQueue } from './memory-queue.ts'
import type { TestClock } from './test-clock.ts'

/** How many jobs may begin in which time. */
export interface RateLimit {
  max: number
  durationMs: number
}

export interface ControlledQueueSources {
  queue: MemoryQueue
  journal: EventLog
  clock: TestClock
  /** Takes no job for so long. */
  limitRate: (ms: number) => void
  setLimit: (limit: RateLimit | undefined) => void
  getLimit: () => RateLimit | undefined
  /** Jobs may be taken that could not. */
  woken: () => unknown
}

/** A queue in memory, controlled as BullMQ's is. Its jobs run one after another, so that no number of them at once is too many. */
export function controlledQueue(sources: ControlledQueueSources): ControlledQueue {
  const { queue, journal, clock, limitRate, setLimit, getLimit, woken } = sources

  function jobsIn(state: string): MemoryJob[] {
    const found = queue.all().filter((job) => stateOf(job) === state)
    return found.sort((a, b) =>
      state === 'delayed' ? a.dueMs - b.dueMs : a.priority - b.priority || a.order - b.order,
    )
  }

  return {
    setGlobalConcurrency: async () => 0,
    removeGlobalConcurrency: async () => 0,
    async getGlobalRateLimit() {
      const limit = getLimit()
      return limit === undefined ? null : { max: limit.max, duration: limit.durationMs }
    },
    async setGlobalRateLimit(max, durationMs) {
      setLimit({ max, durationMs })
      return 0
    },
    async removeGlobalRateLimit() {
      setLimit(undefined)
      return 0
    },
    rateLimit: async (ms) => limitRate(ms),
    async pause() {
      queue.paused = true
      journal.write('paused')
    },
    async resume() {
      queue.paused = false
      journal.write('resumed')
      await woken()
    },
    isPaused: async () => queue.paused,
    getJobCounts: async (...states) => Object.fromEntries(states.map((state) => [state, jobsIn(state).length])),
    countQuarantined: async () => queue.quarantined.length,
    async drain(delayed = false) {
      const states = ['waiting', 'prioritized', ...(delayed ? ['delayed'] : [])]
      for (const job of states.flatMap(jobsIn)) queue.drop(job)
    },
    async clean(graceMs, limit, state = 'completed') {
      const untilMs = clock.now.getTime() - graceMs
      const old = jobsIn(state).filter(({ endedAt, timestamp }) => (endedAt?.getTime() ?? timestamp) <= untilMs)
      const cleaned = old.slice(0, limit)
      // A list is read from its other end.
      if (state === 'waiting') cleaned.reverse()
      for (const job of cleaned) queue.drop(job)
      journal.write('cleaned', { count: String(cleaned.length) })
      return cleaned.map(({ id }) => id)
    },
    async retryJobs() {
      for (const job of jobsIn('failed')) queue.restart(job, 'behind')
      await woken()
    },
    async promoteJobs() {
      // BullMQ passes over their priorities, and those of jobs that failed.
      for (const job of jobsIn('delayed')) queue.putBack(job, 'behind', 0)
      await woken()
    },
    removeDeduplicationKey: async (id) => (queue.releaseDeduplication(id) ? 1 : 0),
    async obliterate({ force = false } = {}) {
      if (!force && jobsIn('active').length > 0) throw new Error('Cannot obliterate queue with active jobs')
      for (const job of queue.all()) queue.drop(job)
    },
  }
}

/** As BullMQ counts jobs. */
export function stateOf({ state, priority }: MemoryJob): MemoryJob['state'] | 'prioritized' {
  return state === 'waiting' && priority > 0 ? 'prioritized' : state
}
