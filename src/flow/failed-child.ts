import { readBoundedFields } from '../bullmq/bounded-read.ts'
import { readKeptError } from '../bullmq/child-error.ts'
import { errorField } from '../bullmq/job-fields.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import { findJob, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { codecFor, codecOf } from '../job/contract-codec.ts'
import { bondOf } from '../job/payload-bond.ts'
import { openFailure } from '../job/read-failure.ts'
import { tokenOf } from '../seal/tokens.ts'

/**
 * What a job fails with whose child failed with failParentOnFailure: JOB_FAILED, with the child's error as its cause, of its class if the
 * parent's contract has the model. With keys only an error that is sealed for a child of this job is opened: the key of the child comes
 * from Redis, and could name any job of any queue.
 */
export async function failedChild(
  stored: StoredJob,
  contract: QueueContract,
  /** The child's key. Default the first that failed. */
  key?: string,
): Promise<BrineError> {
  const { commands, id } = stored
  const codec = codecOf(contract, stored.prefix)
  // With keys the error will be sealed for this job, so it repeats nothing that is not sealed itself.
  const job = codec.sealed ? findJob(contract, stored.name)?.name : stored.name
  const bare = new BrineError('JOB_FAILED', 'a child failed that has failParentOnFailure', { job })
  const token = tokenOf(bondOf(stored, contract, codec), String(id))
  if (codec.sealed && token === undefined) return bare
  const client = await commands.client
  const parent = commands.toKey(String(id))
  const [at] = key === undefined ? await client.zrange(`${parent}:unsuccessful`, 0, 0) : [key]
  if (at === undefined) return bare
  const [named, reason, encoded] = await readBoundedFields(
    client,
    at,
    ['name', 'failedReason', errorField],
    commands.maxTextBytes,
  )
  const kept = encoded ? undefined : await readKeptError(commands, parent, at)
  const child = commands.parseNodeKey(at)
  const name = named ?? kept?.name
  const text = encoded ?? kept?.encoded ?? ''
  const opened = openFailure(codecFor(contract, child), { name }, child.id, text, { parent: token })
  if (opened) return failedBy(child, { job, cause: opened.value })
  if (codec.sealed) return bare
  const cause = new BrineError('JOB_FAILED', reason ?? 'the child failed, and is gone', { job: name })
  return failedBy(child, { job, cause })
}

/** JOB_FAILED, of the parent `job`, by what its child failed with. */
export function failedBy(
  { queueName, id }: { queueName: string; id: string },
  details: { job: string | undefined; cause: unknown },
): BrineError {
  const remedy = `the child ${id} of '${queueName}' failed, which has failParentOnFailure: see the cause`
  return new BrineError('JOB_FAILED', remedy, details)
}
