import { ErrorCode } from 'bullmq'
import type { StoredJob } from '../bullmq/stored-job.ts'
import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { failedChild } from '../flow/failed-child.ts'
import { readCancellation } from '../job/cancellation.ts'

// By these BullMQ tells a parent, when it is taken, which of its children fails it.
export const childFailed = /^child (.+) failed$/s

/** What a job fails with that BullMQ itself has failed: it was cancelled, its child failed, … */
export async function convertBullMQError(job: StoredJob, error: Error, contract: QueueContract): Promise<BrineError> {
  const { name } = job
  const { message } = error
  const code: unknown = Reflect.get(error, 'code')
  try {
    const cancelled = readCancellation(name, message)
    if (cancelled) return cancelled
    const [, child] = childFailed.exec(job.deferredFailure ?? '') ?? []
    if (child !== undefined) return await failedChild(job, contract, child)
    if (code === ErrorCode.JobHasFailedChildren) return await failedChild(job, contract)
    if (code === ErrorCode.JobPendingChildren) return pendingChildren(name)
  } catch {
    // Redis does not answer, and the message is what is left.
  }
  return new BrineError('JOB_FAILED', message, { job: name })
}

/** What a job fails with whose handler returned before its children had ended. */
export function pendingChildren(job: string): BrineError {
  const remedy =
    'its handler returned before the children that it added had ended: await children.wait() or children.step()'
  return new BrineError('JOB_STATE_INVALID', remedy, { job })
}
