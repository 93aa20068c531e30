import { ErrorCode } from 'bullmq'
import { readBoundedFields } from '../bullmq/bounded-read.ts'
import { errorField, markField } from '../bullmq/job-fields.ts'
import { StoredJob } from '../bullmq/stored-job.ts'
import { longestOptions } from '../bullmq/stored-options.ts'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { Connection } from '../connection/connection.ts'
import type { ContractJob } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { codeOf } from './cancel-job.ts'
import { cancelledField } from './cancellation.ts'

/** How a job that has ended runs again; the two resets are BullMQ's. */
export interface RetryOptions {
  /** The state that it is in. Default `failed`. */
  state?: 'failed' | 'completed' | undefined
  /** Give it all of its attempts again. Without it, one more. */
  resetAttemptsMade?: boolean | undefined
  resetAttemptsStarted?: boolean | undefined
}

export interface MoveSources {
  queue: StoredQueue
  connection: Connection
}

export async function retryJob(
  { queue, connection: { client } }: MoveSources,
  { name }: Pick<ContractJob, 'name'>,
  id: string,
  { state = 'failed', resetAttemptsMade = false, resetAttemptsStarted = false }: RetryOptions,
): Promise<void> {
  if (state !== 'failed' && state !== 'completed') {
    throw new BrineError('OPTIONS_INVALID', "must be 'failed' or 'completed'", { job: name, path: 'state' })
  }
  const key = queue.toKey(id)
  const [options] = await Promise.all([
    readBoundedFields(client, key, ['opts'], longestOptions).then(([text = null]) => text),
    // What is left of its former end would speak of the next.
    client.hdel(key, cancelledField, markField, errorField),
  ])
  const job = new StoredJob(queue, name, null, { lifo: isLifo(options) }, id)
  await moved(queue, { name, id }, `it is not ${state}`, () =>
    job.retry(state, { resetAttemptsMade, resetAttemptsStarted }),
  )
}

export async function promoteJob(
  { queue }: MoveSources,
  { name }: Pick<ContractJob, 'name'>,
  id: string,
): Promise<void> {
  await moved(queue, { name, id }, 'it is not delayed', () => queue.backend.promote(id))
}

export async function removeJob(
  { queue, connection: { client } }: MoveSources,
  { name }: Pick<ContractJob, 'name'>,
  id: string,
): Promise<void> {
  // BullMQ says of what is not there that it was removed.
  if ((await client.exists(queue.toKey(id))) === 0) await refuseQuarantined(queue, { name, id })
  const removed = await moved(queue, { name, id }, 'a scheduler holds it; remove that', () =>
    queue.backend.remove(id, true),
  )
  if (removed !== 1) throw wrongState(name, 'it, or a child of it, is active; cancel it')
}

/** Whether a job comes before those that wait, by options that anybody may have written. */
function isLifo(options: string | null): boolean {
  try {
    return Boolean(Object(JSON.parse(options ?? '')).lifo)
  } catch {
    return false
  }
}

async function refuseQuarantined(queue: StoredQueue, { name, id }: { name: string; id: string }): Promise<void> {
  if ((await queue.backend.readQuarantined(id)) === undefined) return
  throw wrongState(name, 'it is in quarantine; replay or discard it there')
}

async function moved<T>(
  queue: StoredQueue,
  job: { name: string; id: string },
  why: string,
  move: () => Promise<T>,
): Promise<T> {
  try {
    return await move()
  } catch (error) {
    const code = codeOf(error)
    // BullMQ tells of a delayed job alone whether it is there.
    if (code === ErrorCode.JobNotExist || code === ErrorCode.JobNotInState) await refuseQuarantined(queue, job)
    if (code === ErrorCode.JobNotExist) {
      throw new BrineError('JOB_REMOVED', 'the job is gone from Redis', { job: job.name })
    }
    if (code === ErrorCode.JobNotInState || code === ErrorCode.JobBelongsToJobScheduler) throw wrongState(job.name, why)
    throw error
  }
}

function wrongState(job: string, why: string): BrineError {
  return new BrineError('JOB_STATE_INVALID', why, { job })
}
