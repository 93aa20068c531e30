import type { QueueEventsListener } from 'bullmq'
import { BrineError } from '../../errors.ts'
import { longestTimerMs } from '../../longest-timer.ts'
import { errorField } from '../bullmq/retrying-backend.ts'
import type { StoredOutcome } from '../bullmq/stored-outcome.ts'
import type { StoredEvents, StoredQueue } from '../bullmq/stored-queue.ts'
import { comparePositions } from '../events/position.ts'
import { entryField, quarantinedEvent } from '../quarantine/place.ts'
import { type Quarantined, type Refusal, readRefusal, refusalIn } from '../quarantine/refusal.ts'
import { createPastOutcomes } from './find-outcomes.ts'
import { type Settle, waitFor } from './wait-for.ts'

/** How a job ended; `missing` when it was removed, or nothing of its end is left in Redis. */
export type Ended = Exclude<StoredOutcome, { state: 'pending' }> | Quarantined

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
      tell(jobId, { position, read: () => removed(jobId, encoded) })
    })
    events.on('failed', (event, position) => {
      // Told just before by an event of its own.
      if (Object.hasOwn(event, entryField)) return
      const { jobId, failedReason: reason } = event
      const encoded = takeAnnounced(jobId)
      tell(jobId, { position, read: () => failed(jobId, reason, encoded) })
    })
    events.on<Announcement>(quarantinedEvent, (event: RefusedEvent, position: string) => {
      const refusal = refusalIn((name) => event[name])
      tell(event.jobId, { position, read: () => quarantined(refusal, event[entryField] ?? event.jobId) })
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
    if (ended instanceof Promise) void ended.then(resolve)
    else resolve(ended)
  }

  async function failed(jobId: string, reason: string, announcedError: string | undefined): Promise<Ended> {
    let encoded = announcedError
    if (encoded === undefined) {
      const stored = await queue.backend.readOutcome(jobId).catch(() => undefined)
      const ended = stored?.state === 'missing' ? await past.find(jobId).catch(() => undefined) : stored
      if (ended?.state === 'failed') encoded = ended.encoded
    }
    return { state: 'failed', reason, encoded }
  }

  /** Its events may be gone when it is still kept. */
  async function inQuarantine(jobId: string): Promise<Ended> {
    return (await readRefusal(queue, jobId)) ?? { state: 'missing' }
  }

  /** An event does not say what the job failed with before. */
  async function quarantined(refusal: Refusal, entry: string): Promise<Ended> {
    const kept = await readRefusal(queue, entry).catch(() => undefined)
    return { state: 'quarantined', refusal, earlier: kept?.earlier }
  }

  /** A job that waited when it was cancelled was removed, and its error announced just before: maybe when nobody waited yet. */
  async function removed(jobId: string, encoded: string | undefined): Promise<Ended> {
    if (encoded !== undefined) return { state: 'failed', reason: '', encoded }
    return (await past.find(jobId).catch(() => undefined)) ?? { state: 'missing' }
  }

  /** Looks a job up. Errors of Redis are left to the time that the caller waits: it may come back. */
  async function ask(jobId: string): Promise<void> {
    try {
      listening ??= listen().catch((error: unknown) => {
        listening = undefined
        throw error
      })
      await listening
      // Who comes meanwhile asks on their own.
      const waiters = [...(waiting.get(jobId) ?? [])]
      const stored = await queue.backend.readOutcome(jobId)
      if (stored.state === 'pending') return since(waiters, stored.position)
      const found = stored.state === 'missing' ? ((await past.find(jobId)) ?? (await inQuarantine(jobId))) : stored
      const ended = found.state === 'quarantined' ? await quarantined(found.refusal, found.entry ?? jobId) : found
      for (const waiter of waiters) waiter.resolve(ended)
    } catch {
      // Asked again.
    }
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
      for (const one of waiting.keys()) void ask(one)
    }, askAgainMs)
    void ask(jobId)
    return () => {
      waiters.delete(waiter)
      if (waiters.size === 0) {
        waiting.delete(jobId)
        announced.delete(jobId)
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
