import { type QuarantineRecord, readRecord, recorded } from '../bullmq/quarantine-record.ts'
import type { StoredFailure } from '../bullmq/stored-outcome.ts'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import { BrineError, isBrineErrorCode } from '../errors.ts'

/** What a job was refused with. */
export type Refusal = Pick<QuarantineRecord, 'code' | 'path' | 'reason' | 'job'>

/** The refusal that an event of the queue's stream tells of. */
export function refusalIn(fieldOf: (name: string) => string | undefined): Refusal {
  const textAt = (name: 'code' | 'path' | 'reason' | 'job', field: string = name) =>
    recorded(name, fieldOf(field) ?? '')
  return {
    code: textAt('code'),
    path: textAt('path') || undefined,
    reason: textAt('reason'),
    job: textAt('job', 'name') || undefined,
  }
}

/** A job that was refused, and what its attempt before that failed with, if there was one. */
export interface Quarantined {
  state: 'quarantined'
  refusal: Refusal
  /** The id of its entry. Default the job's. */
  entry?: string | undefined
  earlier?: StoredFailure | undefined
}

/** What the job of an id was refused with, while it is in quarantine. */
export async function readRefusal(queue: StoredQueue, entry: string): Promise<Quarantined | undefined> {
  const stored = await queue.backend.readQuarantined(entry)
  return stored && { state: 'quarantined', refusal: readRecord(stored.record, entry), earlier: stored.earlier }
}

/**
 * JOB_QUARANTINED, which names what the job was refused with, and has that as its cause. The cause of that is what the attempt
 * before failed with.
 */
export function quarantinedError(
  job: string | undefined,
  { code, path, reason, job: named }: Refusal,
  earlier?: unknown,
): BrineError {
  const details = { job: named, path }
  const header = isBrineErrorCode(code) ? new BrineError(code, '', details).message : `${code}: `
  const remedy = reason.startsWith(header) ? reason.slice(header.length) : reason
  return new BrineError(
    'JOB_QUARANTINED',
    `refused with ${code} and kept as it is; mend the cause and replay it (${remedy})`,
    {
      job: job ?? named,
      path,
      cause: isBrineErrorCode(code) ? new BrineError(code, remedy, { ...details, cause: earlier }) : earlier,
    },
  )
}
