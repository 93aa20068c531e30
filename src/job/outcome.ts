import type { QueueEventsListener } from 'bullmq'
import { comparePositions } from '../bullmq/event-position.ts'
import { entryField, errorField } from '../bullmq/job-fields.ts'
import { quarantinedEvent } from '../bullmq/quarantine-keys.ts'
import type { StoredOutcome } from '../bullmq/stored-outcome.ts'
import type { StoredEvents, StoredQueue } from '../bullmq/stored-queue.ts'
import { BrineError } from '../errors.ts'
import { longestTimerMs } from '../longest-timer.ts'
import { createPastOutcomes } from './find-outcomes.ts'
import { createEnds } from './job-outcomes.ts'
import { createLookUp } from './look-up-job.ts'
import { type Quarantined, refusalIn } from './refusal.ts'
import { type Settle, waitFor } from './wait-for.ts'

/** How a job ended; `missing` when it was removed, or nothing of its end is left in Redis. */
export type Ended = StoredEnd | Quarantined

/** How a job ended, as its hash says. */
export type StoredEnd = Exclude<StoredOutcome, { state: 'pending' }>

export interface WaitOptions {
  timeoutMs: number
  signal?: AbortSignal | undefined
}

export interface Outcomes {
  /** Resolves when the job has ended. Rejects with RESULT_TIMEOUT, CLOSED, or the signal's reason. */
  wait(job: { id: string; name: string }, options: WaitOptions): Promise<Ended>
  /** A job was enqueued under this id, which may have been used before. */
  begin(jobId: string): void
  close(): void
}

export interface OutcomesOptions {
  queue: StoredQueue
  /** Reads the events that follow `lastEventId`. */
  openEvents: (lastEventId: string) => StoredEvents
  /** Entries of the events stream, newest first, from `end` on. */
  readBack: (end: string, count: number) => Promise<[id: string, fields: string[]][]>
}

interface Waiter extends Settle<Ended> {
  /** Where the queue's events stood when the job was seen not to have ended: what is older tells of a run before. */
  since: string | undefined
  /** The last end that was told before that was known. */
  early: Told | undefined
}

/** An event of a job's end. */
interface Told {
  position: string
  /** Asks for what the event does not say; an end that an older event told of may be another one. */
  read: () => Ended | Promise<Ended>
}

// What the events should have told is asked for at times: a stream may be trimmed before it is read.
const askAgainMs = 5_000

/**
 * Follows jobs to their end. One reader of the queue's events serves all who wait, and is opened when the first does; a job
 * that ended before is looked up, in its hash or, when that is gone, in the events.
 */
export function createOutcomes({ queue, openEvents, readBack }: OutcomesOptions): Outcomes {
  const waiting = new Map<string, Set<Waiter>>()
  const announced = new Map<string, string>()
  const past = createPastOutcomes(readBack)
  const ends = createEnds(queue, past)
  const lookUp = createLookUp({ look })
  let listening: Promise<unknown> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  async function listen(): Promise<void> {
    // From a position that is known, so that nothing falls between a look at a job and the first read.
    const [newest] = await readBack('+', 1)
    if (closed) return
    const events = openEvents(newest?.[0] ?? '0-0')
    events.on('completed', ({ jobId, returnvalue }, position) => {
      tell(jobId, { position, read: () => ({ state: 'completed', text: returnvalue }) })
    })
    events.on('removed', ({ jobId }, position) => {
      const encoded = takeAnnounced(jobId)
      tell(jobId, { position, read: () => ends.removed(jobId, encoded) })
    })
    events.on('failed', (event, position) => {
      // Told just before by an event of its own.
      if (Object.hasOwn(event, entryField)) return
      const { jobId, failedReason: reason } = event
      const encoded = takeAnnounced(jobId)
      tell(jobId, { position, read: () => ends.failed(jobId, reason, encoded) })
    })
    events.on<Announcement>(quarantinedEvent, (event: RefusedEvent, position: string) => {
      const refusal = refusalIn((name) => event[name])
      tell(event.jobId, { position, read: () => ends.quarantined(refusal, event[entryField] ?? event.jobId) })
    })
    events.on<Announcement>(errorField, (event: Announced) => {
      if (waiting.has(event.jobId)) announced.set(event.jobId, event[errorField])
    })
  }

  /** The error of the end that is told next. */
  function takeAnnounced(jobId: string): string | undefined {
    const encoded = announced.get(jobId)
    announced.delete(jobId)
    return encoded
  }

  /**
   * An id may have had another end before: a job is retried, or a new one enqueued under it. The event of that end may come late, so
   * it counts for those alone who wait since before it.
   */
  function tell(jobId: string, told: Told): void {
    const waiters: Waiter[] = []
    for (const waiter of waiting.get(jobId) ?? []) {
      if (waiter.since === undefined) waiter.early = told
      else if (comparePositions(told.position, waiter.since) > 0) waiters.push(waiter)
    }
    settle(waiters, told)
  }

  function settle(waiters: readonly Waiter[], { read }: Pick<Told, 'read'>): void {
    if (waiters.length === 0) return
    const ended = read()
    const resolve = (found: Ended) => {
      for (const waiter of waiters) waiter.resolve(found)
    }
    // What Redis refuses to read is asked for again.
    if (ended instanceof Promise) ended.then(resolve, () => {})
    else resolve(ended)
  }

  /** Looks jobs up, and tells how many of them. Errors of Redis are left to the time that the callers wait: it may come back. */
  async function look(jobIds: readonly string[]): Promise<number> {
    listening ??= listen().catch((error: unknown) => {
      listening = undefined
      throw error
    })
    await listening
    // Who comes meanwhile asks on their own.
    const waiters = jobIds.map((jobId) => [...(waiting.get(jobId) ?? [])])
    const found = await queue.backend.readOutcomes(jobIds)
    for (const [at, stored] of found.entries()) {
      const [jobId = '', asking = []] = [jobIds[at], waiters[at]]
      if (stored?.state === 'pending') since(asking, stored.position)
      else if (stored) settle(asking, { read: () => ends.complete(jobId, stored) })
    }
    return found.length
  }

  function since(waiters: readonly Waiter[], position: string): void {
    for (const waiter of waiters) {
      waiter.since ??= position
      const { early } = waiter
      waiter.early = undefined
      if (early && comparePositions(early.position, waiter.since) > 0) settle([waiter], early)
    }
  }

  function enter(jobId: string, told: Settle<Ended>): () => void {
    const waiter: Waiter = { ...told, since: undefined, early: undefined }
    const waiters = waiting.get(jobId) ?? new Set()
    waiting.set(jobId, waiters.add(waiter))
    timer ??= setInterval(() => {
      for (const one of waiting.keys()) lookUp.ask(one)
    }, askAgainMs)
    lookUp.ask(jobId)
    return () => {
      waiters.delete(waiter)
      if (waiters.size === 0) {
        waiting.delete(jobId)
        announced.delete(jobId)
        lookUp.forget(jobId)
      }
      if (waiting.size === 0) {
        clearInterval(timer)
        timer = undefined
      }
    }
  }

  return {
    wait({ id, name }, { timeoutMs, signal }) {
      if (closed) return Promise.reject(closedError(name))
      return waitFor<Ended>({
        signal,
        whenLate(reject) {
          // Longer than a timer can run is for ever.
          if (timeoutMs > longestTimerMs) return () => {}
          const late = setTimeout(() => reject(timeout(name, timeoutMs)), timeoutMs)
          return () => clearTimeout(late)
        },
        enter: (settle) => enter(id, settle),
      })
    },
    begin: past.forget,
    close() {
      closed = true
      for (const waiters of waiting.values()) for (const waiter of waiters) waiter.reject(closedError())
    },
  }
}

interface Announcement extends QueueEventsListener<string> {
  [errorField]: (event: Announced) => void
  [quarantinedEvent]: (event: RefusedEvent, position: string) => void
}

interface RefusedEvent extends Readonly<Record<string, string | undefined>> {
  jobId: string
}

interface Announced {
  jobId: string
  [errorField]: string
}

function closedError(job?: string): BrineError {
  return new BrineError('CLOSED', 'the producer is closed; the job goes on without it', { job })
}

function timeout(job: string, timeoutMs: number): BrineError {
  return new BrineError(
    'RESULT_TIMEOUT',
    `no result came within ${timeoutMs} ms; the job goes on: wait again, or longer by result({ timeoutMs })`,
    { job },
  )
}
