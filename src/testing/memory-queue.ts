import { quarantinedEvent } from '../bullmq/quarantine-keys.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import type { PreparedText } from '../enqueue/prepare.ts'
import type { BrineError } from '../errors.ts'
import type { Ended } from '../job/outcome.ts'
import { createDeduplication } from './deduplication.ts'
import type { EventLog } from './event-log.ts'
import { createMemoryJob, type MemoryJob } from './memory-job.ts'
import type { TestClock } from './test-clock.ts'

/** Jobs in memory, taken in BullMQ's order, delayed on a test's clock, told apart by BullMQ's ids and deduplication. */
export interface MemoryQueue {
  /** The job of that id (which `holds` until its children have ended): a new one, or with an id that exists, or with deduplication, the earlier one. */
  add(prepared: PreparedText, options?: Holding): { id: string; added: MemoryJob | undefined }
  get(id: string): MemoryJob | undefined
  all(): readonly MemoryJob[]
  /** Whether no job is taken. */
  paused: boolean
  /** Lets the next job of this deduplication id be added, and gives whether there was one. */
  releaseDeduplication(id: string): boolean
  /** The ids of the jobs in quarantine, which leave theirs to others: one may stand there twice. */
  readonly quarantined: readonly string[]
  /** How a job ended, also one of which nothing is kept. */
  ended(id: string): Ended | undefined
  /** The next job that waits, which is active then. */
  take(): MemoryJob | undefined
  /** Back among those that wait: behind them, or before them. Default of `priority`: its own. */
  putBack(job: MemoryJob, where: 'behind' | 'before', priority?: number): void
  delay(job: MemoryJob, ms: number): void
  /** Among those that wait, or are delayed, once its children have ended. */
  release(job: MemoryJob): void
  end(job: MemoryJob, ended: Exclude<Ended, { state: 'missing' }>): void
  /** Back among those that wait after it has ended: where a new one would be, or behind all that have no priority. */
  restart(job: MemoryJob, where: 'as new' | 'behind'): void
  /** Takes it out, and tells those who wait for it how it ended: by default that it is gone. */
  remove(job: MemoryJob, ended?: Ended): void
  /** Stops the attempt that works on the job of this id now. */
  stop(id: string, reason: BrineError): void
  /** Takes it out as if it had never been, without an event: as BullMQ drains and cleans. */
  drop(job: MemoryJob): void
  /** Whether a job waits that may be taken. */
  hasWaiting(): boolean
  /** When the next delayed job is due, in milliseconds since 1970; but for the next runs of schedules. */
  nextDueMs(): number | undefined
  clear(): void
}

interface Holding {
  holds?: boolean
  schedule?: string
}

export interface MemoryQueueOptions {
  clock: TestClock
  journal: EventLog
  onTaken: (job: MemoryJob) => void
  /** Stops the attempt that works on the job of this id now. */
  stop: (id: string, reason: BrineError) => void
  /** A delayed job waits now. */
  onDue: () => unknown
  onEnded: (job: MemoryJob, ended: Ended) => void
  /** A job came in by itself, since deduplication had kept it for the end of another. */
  onAdded: (job: MemoryJob) => void
}

export function createMemoryQueue({
  clock,
  journal,
  onTaken,
  stop,
  onDue,
  onEnded,
  onAdded,
}: MemoryQueueOptions): MemoryQueue {
  const jobs = new Map<string, MemoryJob>()
  const ends = new Map<string, Ended>()
  const quarantined: string[] = []
  let behind = 0
  let before = 0
  const nowMs = () => clock.now.getTime()

  function store(prepared: PreparedText, { holds = false, schedule }: Holding = {}): MemoryJob {
    const { jobId: id } = prepared.options
    const stored = createMemoryJob(prepared, nowMs(), schedule)
    ends.delete(id)
    jobs.set(id, stored)
    journal.write('added', { jobId: id, name: prepared.job.name })
    if (holds) {
      stored.state = 'waiting-children'
      journal.write('waiting-children', { jobId: id })
    } else queue.release(stored)
    return stored
  }

  function takeOut(job: MemoryJob, ended: Ended): void {
    job.callOff()
    jobs.delete(job.id)
    deduplication.remove(job)
    ends.set(job.id, ended)
    onEnded(job, ended)
    // A child that is cancelled while it waits has not failed: it leaves its parent like one that is removed.
    job.tellParent({ state: 'missing' })
  }

  const queue: MemoryQueue = {
    add(prepared, holding) {
      const { jobId: id } = prepared.options
      if (jobs.has(id)) {
        journal.write('duplicated', { jobId: id })
        return { id, added: undefined }
      }
      const earlier = deduplication.admit(prepared)
      if (earlier !== undefined) return { id: earlier, added: undefined }
      return { id, added: store(prepared, holding) }
    },
    get: (id) => jobs.get(id),
    all: () => [...jobs.values()],
    paused: false,
    releaseDeduplication: (id) => deduplication.forget(id),
    ended: (id) => ends.get(id),
    quarantined,
    take() {
      if (queue.paused) return undefined
      let first: MemoryJob | undefined
      for (const job of jobs.values()) if (job.state === 'waiting' && !(first && isBefore(first, job))) first = job
      if (first) {
        first.state = 'active'
        first.attemptsStarted++
        first.startedAt = clock.now
        journal.write('active', { jobId: first.id, prev: 'waiting' })
        onTaken(first)
      }
      return first
    },
    putBack(job, where, priority = job.options.priority ?? 0) {
      job.callOff()
      // A new one was nowhere before.
      const prev = job.state === 'waiting' ? undefined : job.state
      job.state = 'waiting'
      journal.write('waiting', { jobId: job.id, prev })
      job.order = where === 'behind' ? ++behind : --before
      job.priority = priority
    },
    delay(job, ms) {
      job.callOff()
      job.state = 'delayed'
      job.dueMs = nowMs() + ms
      journal.write('delayed', { jobId: job.id, delay: String(job.dueMs) })
      job.callOff = clock.schedule(job.dueMs, () => {
        queue.putBack(job, 'behind')
        return onDue()
      })
    },
    release(job) {
      const { delay = 0 } = job.options
      if (delay > 0 && job.doomed === undefined) queue.delay(job, delay)
      else queue.putBack(job, sideOf(job))
    },
    end(job, ended) {
      const { id, options } = job
      if (ended.state !== 'quarantined') job.state = ended.state
      job.endedAt = clock.now
      job.order = ++behind
      job.priority = 0
      ends.set(id, ended)
      if (ended.state === 'completed') {
        journal.write('completed', { jobId: id, returnvalue: ended.text, prev: 'active' })
      } else if (ended.state === 'quarantined') {
        const { code, path = '', reason, job: name = '' } = ended.refusal
        journal.write(quarantinedEvent, { jobId: id, name, code, path, reason, prev: 'active' })
      } else {
        journal.write('failed', { jobId: id, failedReason: ended.reason, prev: 'active' }, ended.encoded)
        const attemptsMade = job.attemptsMade
        if (attemptsMade >= (options.attempts ?? 0)) {
          journal.write('retries-exhausted', { jobId: id, attemptsMade: String(attemptsMade) })
        }
      }
      // As it is kept in Redis, in a place of its own and whatever its options say; its parent waits on.
      const isQuarantined = ended.state === 'quarantined'
      if (isQuarantined) quarantined.push(id)
      const keep = ended.state === 'completed' ? options.removeOnComplete : options.removeOnFail
      if (isQuarantined || keepsNothing(keep)) jobs.delete(id)
      const next = deduplication.release(job)
      onEnded(job, ended)
      if (!isQuarantined) job.tellParent(ended)
      if (next) onAdded(store(next))
    },
    restart(job, where) {
      ends.delete(job.id)
      job.endedAt = undefined
      job.doomed = undefined
      if (where === 'as new') queue.putBack(job, sideOf(job))
      else queue.putBack(job, where, 0)
    },
    remove(job, ended = { state: 'missing' }) {
      const waits = job.priority > 0 ? 'prioritized' : 'wait'
      const error = ended.state === 'failed' ? ended.encoded : undefined
      journal.write('removed', { jobId: job.id, prev: job.state === 'waiting' ? waits : job.state }, error)
      takeOut(job, ended)
    },
    stop,
    drop(job) {
      takeOut(job, { state: 'missing' })
    },
    hasWaiting: () => !queue.paused && [...jobs.values()].some(({ state }) => state === 'waiting'),
    nextDueMs() {
      // The runs of schedules have no end.
      const isAwaited = (job: MemoryJob) => job.schedule === undefined || job.attemptsStarted > 0
      const delayed = [...jobs.values()].filter((job) => job.state === 'delayed' && isAwaited(job))
      return delayed.length === 0 ? undefined : Math.min(...delayed.map(({ dueMs }) => dueMs))
    },
    clear() {
      for (const job of jobs.values()) job.callOff()
      jobs.clear()
      ends.clear()
      quarantined.length = 0
      deduplication.clear()
    },
  }
  const deduplication = createDeduplication(queue, { nowMs, journal })
  return queue
}

/** As BullMQ has it: jobs without a priority come before those with one, of which less comes first. */
function isBefore(a: MemoryJob, b: MemoryJob): boolean {
  return a.priority === b.priority ? a.order < b.order : a.priority < b.priority
}

/** Where a new job goes, or one that is tried again. */
export function sideOf({ options: { lifo, priority } }: MemoryJob): 'behind' | 'before' {
  return lifo && !priority ? 'before' : 'behind'
}

function keepsNothing(keep: EnqueueOptions['removeOnComplete']): boolean {
  return keep === true || keep === 0 || (typeof keep === 'object' && 'count' in keep && keep.count === 0)
}
