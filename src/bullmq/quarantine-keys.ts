import { QueueKeys } from 'bullmq'
import { suffix } from '../contract/quarantine-name.ts'

/** Before the names of a job's original fields in the hash of its entry. */
export const keptField = 'was:'

/** The field of an entry that holds the id of its job. */
export const idField = 'was'

/** The field of an entry that holds, as Redis dumps it, what stood in place of a job's hash and is none. */
export const wholeField = 'dump'

/** A field of an entry whose job's id is that of a key of the queue, of which nothing is kept, and which is never put back. */
export const ofKeyField = 'key'

/** The event in the stream of the job's own queue by which all hear of it. */
export const quarantinedEvent = 'quarantined'

/** The keys of a queue and of its quarantine, which share their prefix, and thus a slot of a cluster. */
export interface Place {
  readonly of: Readonly<Record<string, string>>
  readonly quarantine: Readonly<Record<string, string>>
  /** Before the id of a job, and of an entry. */
  readonly base: string
  readonly entries: string
}

export function placeOf(queue: string, prefix: string | undefined): Place {
  const keys = new QueueKeys(prefix)
  return {
    of: keys.getKeys(queue),
    quarantine: keys.getKeys(queue + suffix),
    base: keys.toKey(queue, ''),
    entries: keys.toKey(queue + suffix, ''),
  }
}
