import { BrineError, isBrineErrorCode } from '../../errors.ts'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import { type QuarantineRecord, readRecord, recorded } from './record.ts'

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

/** What the job of an id was refused with, while it is in quarantine. */
export async function readRefusal(queue: StoredQueue, jobId: string): Promise<Refusal | undefined> {
  const data = await queue.backend.readQuarantined(jobId)
  return data === undefined ? undefined : readRecord(data, jobId)
}

/** JOB_QUARANTINED, which names what the job was refused with, and has that as its cause. */
export function quarantinedError(job: string | undefined, { code, path, reason, job: named }: Refusal): BrineError {
  const details = { job: named, path }
  const header = isBrineErrorCode(code) ? new BrineError(code, '', details).message : `${code}: `
  const remedy = reason.startsWith(header) ? reason.slice(header.length) : reason
  return new BrineError(
    'JOB_QUARANTINED',
    `refused with ${code} and kept as it is; mend the cause and replay it (${remedy})`,
    { job: job ?? named, path, cause: isBrineErrorCode(code) ? new BrineError(code, remedy, details) : undefined },
  )
}
