import type { PreparedText } from '../enqueue/prepare.ts'
import type { EventLog } from './event-log.ts'
import type { MemoryJob } from './memory-job.ts'
import type { MemoryQueue } from './memory-queue.ts'

/** BullMQ's deduplication, in all its modes. */
export interface Deduplication {
  /** The id of the job in whose favour this one is not added, if there is one. */
  admit(prepared: PreparedText): string | undefined
  /** A job has ended: gives what was kept for this moment. */
  release(job: MemoryJob): PreparedText | undefined
  /** A job is taken out, and what was kept for its end with it. */
  remove(job: MemoryJob): void
  /** Lets the next job of this deduplication id be added, and gives whether there was one. */
  forget(id: string): boolean
  clear(): void
}

interface Claim {
  jobId: string
  untilMs: number
  /** The latest that came while the job was active, with `keepLastIfActive`. */
  next?: PreparedText
}

export interface DeduplicationSources {
  nowMs: () => number
  journal: EventLog
}

export function createDeduplication(queue: MemoryQueue, { nowMs, journal }: DeduplicationSources): Deduplication {
  const claims = new Map<string, Claim>()

  return {
    admit(prepared) {
      const { deduplication: options, jobId, delay = 0 } = prepared.options
      if (options === undefined) return undefined
      const { id, ttl = 0, extend = false, replace = false, reschedule = false, keepLastIfActive = false } = options
      const lasting = keepLastIfActive || ttl === 0
      const untilMs = lasting ? Number.POSITIVE_INFINITY : nowMs() + ttl
      const claim = claims.get(id)
      if (claim === undefined || claim.untilMs <= nowMs()) {
        claims.set(id, { jobId, untilMs })
        return undefined
      }
      const earlier = queue.get(claim.jobId)
      if (replace && earlier?.state === 'delayed') {
        claims.delete(id)
        queue.remove(earlier)
        claims.set(id, { jobId, untilMs: extend || lasting ? untilMs : claim.untilMs })
        journal.write('deduplicated', { jobId, deduplicationId: id, deduplicatedJobId: earlier.id })
        return undefined
      }
      journal.write('deduplicated', { jobId: claim.jobId, deduplicationId: id, deduplicatedJobId: jobId })
      if (keepLastIfActive && earlier?.state === 'active') {
        claim.next = prepared
        return claim.jobId
      }
      if (extend && !replace) claim.untilMs = untilMs
      if (reschedule && !replace && earlier?.state === 'delayed') queue.delay(earlier, delay)
      return claim.jobId
    },
    release({ id: jobId, options: { deduplication } }) {
      const claim = deduplication && claims.get(deduplication.id)
      if (deduplication === undefined || claim?.jobId !== jobId) return undefined
      // One for a set time outlives its job.
      if (claim.untilMs === Number.POSITIVE_INFINITY) claims.delete(deduplication.id)
      if (claim.next) claims.set(deduplication.id, { jobId: claim.next.options.jobId, untilMs: claim.untilMs })
      return claim.next
    },
    remove({ id: jobId, options: { deduplication } }) {
      if (deduplication && claims.get(deduplication.id)?.jobId === jobId) claims.delete(deduplication.id)
    },
    forget: (id) => claims.delete(id),
    clear: () => claims.clear(),
  }
}
