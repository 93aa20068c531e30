import type { BrineError } from '../errors.ts'
import type { Announcements } from './announcements.ts'
import { beyond, fieldsLacked, hasTagsBeyond, type Known, knowsJob } from './capabilities.ts'

/** Whether a worker of a newer contract may be able to run a job that this one refuses. It rejects never. */
export type NewerElsewhere = (refusal: BrineError, storedName: string) => Promise<boolean>

export interface NewerElsewhereOptions {
  own: Known
  contractId: string
  announcements: Pick<Announcements, 'readOthers'>
  report: (error: unknown) => void
}

/** What one that is announced must know that this one does not. What is not here, no newer contract cures. */
const cures: Readonly<Partial<Record<string, (own: Known, other: Known, storedName: string) => boolean>>> = {
  JOB_UNKNOWN: (_own, other, name) => knowsJob(other, name),
  // Which tag it was stands in a text that may be sealed: any that is new will do, of a contract with this job.
  TAG_UNKNOWN: (own, other, name) => knowsJob(other, name) && hasTagsBeyond(own, other),
  // A field that was added as optional needs no new version, and is one too many here.
  EXTRA_PROPERTY: (own, other, name) => knowsJob(other, name) && fieldsLacked(own, other).length > 0,
  ENCODING_UNKNOWN: (own, other) => beyond(own.encodings, other.encodings).length > 0,
  // Only sealed runs are refused so, and the seal names the schedule.
  SCHEDULE_UNKNOWN: (own, other) => beyond(own.schedules, other.schedules).length > 0,
  KEY_UNKNOWN: (own, other) => beyond(own.keys, other.keys).length > 0,
}

const freshMs = 1_000

/**
 * A newer version says itself that there is a newer contract, whether announced or not: its producers may be up before its
 * workers. For the rest somebody must have announced that they know it.
 */
export function createNewerWorkerLookup(options: NewerElsewhereOptions): NewerElsewhere {
  const { own, contractId, announcements, report } = options
  let last: { others: readonly Known[]; at: number } | undefined

  return async (refusal, storedName) => {
    if (refusal.code === 'VERSION_NEWER') return true
    const cured = cures[refusal.code]
    if (!cured) return false
    const isAmong = (others: readonly Known[]) => others.some((other) => cured(own, other, storedName))
    // A worker that begins to announce must be seen at once; one that went may be believed in for a moment.
    if (last && performance.now() - last.at < freshMs && isAmong(last.others)) return true
    try {
      last = { others: await announcements.readOthers(contractId), at: performance.now() }
      return isAmong(last.others)
    } catch (error) {
      report(error)
      return false
    }
  }
}
