import type { QueueEventsListener } from 'bullmq'
import { BrineError } from '../../errors.ts'
import { longestTimerMs } from '../../longest-timer.ts'
import { errorField } from '../bullmq/stored-backend.ts'
import type { StoredOutcome } from '../bullmq/stored-outcome.ts'
import type { StoredEvents, StoredQueue } from '../bullmq/stored-queue.ts'
import { entryField, quarantinedEvent } from '../quarantine/place.ts'
import { type Refusal, readRefusal, refusalIn } from '../quarantine/refusal.ts'
import { createPastOutcomes } from './find-outcomes.ts'

/** How a job ended; `missing` when it was removed, or nothing of its end is left in Redis. */
export type Ended = Exclude<StoredOutcome, { state: 'pending' }> | { state: 'quarantined'; refusal: Refusal }

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

interface Waiter {
  resolve: (ended: Ended) => void
  reject: (reason: unknown) => void
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
    events.on('completed', ({ jobId, returnvalue }) => settle(jobId, { state: 'completed', text: returnvalue }))
    events.on('removed', ({ jobId }) => void removed(jobId))
    events.on('failed', (event) => {
      // Told just before by an event of its own.
      if (!Object.hasOwn(event, entryField)) void failed(event.jobId, event.failedReason)
    })
    events.on<Announcement>(quarantinedEvent, (event: RefusedEvent) => {
      settle(event.jobId, { state: 'quarantined', refusal: refusalIn((name) => event[name]) })
    })
    events.on<Announcement>(errorField, (event: Announced) => {
      if (waiting.has(event.jobId)) announced.set(event.jobId, event[errorField])
    })
  }

  async function failed(jobId: string, reason: string): Promise<void> {
    if (!waiting.has(jobId)) return
    let encoded = announced.get(jobId)
    if (encoded === undefined) {
      const stored = await queue.backend.readOutcome(jobId).catch(() => undefined)
      const ended = stored?.state === 'missing' ? await past.find(jobId).catch(() => undefined) : stored
      if (ended?.state === 'failed') encoded = ended.encoded
    }
    settle(jobId, { state: 'failed', reason, encoded })
  }

  /** Its events may be gone when it is still kept. */
  async function inQuarantine(jobId: string): Promise<Ended> {
    const refusal = await readRefusal(queue, jobId)
    return refusal ? { state: 'quarantined', refusal } : { state: 'missing' }
  }

  /** A job that waited when it was cancelled was removed, and its error announced just before. */
  async function removed(jobId: string): Promise<void> {
    if (!waiting.has(jobId)) return
    const encoded = announced.get(jobId)
    if (encoded !== undefined) return settle(jobId, { state: 'failed', reason: '', encoded })
    // It may have been announced when nobody waited yet.
    settle(jobId, (await past.find(jobId).catch(() => undefined)) ?? { state: 'missing' })
  }

  /** Looks a job up. Errors of Redis are left to the time that the caller waits: it may come back. */
  async function ask(jobId: string): Promise<void> {
    try {
      listening ??= listen().catch((error: unknown) => {
        listening = undefined
        throw error
      })
      await listening
      const stored = await queue.backend.readOutcome(jobId)
      if (stored.state === 'missing') settle(jobId, (await past.find(jobId)) ?? (await inQuarantine(jobId)))
      else if (stored.state !== 'pending') settle(jobId, stored)
    } catch {
      // Asked again.
    }
  }

  function settle(jobId: string, ended: Ended): void {
    const waiters = waiting.get(jobId)
    if (waiters) for (const waiter of waiters) waiter.resolve(ended)
  }

  return {
    wait({ id, name }, { timeoutMs, signal }) {
      return new Promise<Ended>((resolve, reject) => {
        if (closed) return reject(closedError(name))
        if (signal?.aborted) return reject(signal.reason)
        let late: NodeJS.Timeout | undefined
        const end = () => {
          clearTimeout(late)
          signal?.removeEventListener('abort', onAbort)
          const waiters = waiting.get(id)
          waiters?.delete(waiter)
          if (waiters?.size === 0) {
            waiting.delete(id)
            announced.delete(id)
          }
          if (waiting.size === 0) {
            clearInterval(timer)
            timer = undefined
          }
        }
        const waiter: Waiter = {
          resolve: (ended) => {
            end()
            resolve(ended)
          },
          reject: (reason) => {
            end()
            reject(reason)
          },
        }
        const onAbort = () => waiter.reject(signal?.reason)
        signal?.addEventListener('abort', onAbort)
        // Longer than a timer can run is for ever.
        if (timeoutMs <= longestTimerMs) late = setTimeout(() => waiter.reject(timeout(name, timeoutMs)), timeoutMs)
        const waiters = waiting.get(id)
        if (waiters) waiters.add(waiter)
        else waiting.set(id, new Set([waiter]))
        timer ??= setInterval(() => {
          for (const jobId of waiting.keys()) void ask(jobId)
        }, askAgainMs)
        void ask(id)
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
  [quarantinedEvent]: (event: RefusedEvent) => void
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
