import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { PastOutcomes } from './find-outcomes.ts'
import type { Ended, StoredEnd } from './outcome.ts'
import { type Refusal, readRefusal } from './refusal.ts'

/** Reads what an event, or a job's hash, does not say of the job's end. */
export function createEnds(queue: StoredQueue, past: PastOutcomes) {
  async function failed(jobId: string, reason: string, announcedError: string | undefined): Promise<Ended> {
    let encoded = announcedError
    if (encoded === undefined) {
      const [stored] = await queue.backend.readOutcomes([jobId]).catch(() => [])
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

  /** A job whose hash is missing may have been removed at its end, or be in quarantine. */
  async function complete(jobId: string, stored: StoredEnd): Promise<Ended> {
    const found = stored.state === 'missing' ? ((await past.find(jobId)) ?? (await inQuarantine(jobId))) : stored
    return found.state === 'quarantined' ? quarantined(found.refusal, found.entry ?? jobId) : found
  }

  return { failed, quarantined, removed, complete }
}
