import { tokenOf } from '../../codec/seal/tokens.ts'
import type { QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { readBoundedFields } from '../bullmq/bounded-read.ts'
import { errorField } from '../bullmq/retrying-backend.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import { codecFor, codecOf } from '../contract-codec.ts'
import { readFailure } from '../job/read-failure.ts'
import { bondOf } from '../worker/bond-of.ts'
import { readKeptError } from './kept-error.ts'

/**
 * What a job fails with of which a child with failParentOnFailure failed: JOB_FAILED, its cause the child's error. That is the
 * class it was where the parent's contract has its model too.
 */
export async function failedChild(
  stored: StoredJob,
  contract: QueueContract,
  /** The child's key. Default the first that failed. */
  key?: string,
): Promise<BrineError> {
  const { commands, name: job, id } = stored
  const token = tokenOf(bondOf(stored, contract, codecOf(contract, stored.prefix)), String(id))
  const client = await commands.client
  const parent = commands.toKey(String(id))
  const [at] = key === undefined ? await client.zrange(`${parent}:unsuccessful`, 0, 0) : [key]
  if (at === undefined) return new BrineError('JOB_FAILED', 'a child failed that has failParentOnFailure', { job })
  const [name, reason, encoded] = await readBoundedFields(
    client,
    at,
    ['name', 'failedReason', errorField],
    commands.maxTextBytes,
  )
  const kept = encoded ? undefined : await readKeptError(commands, parent, at)
  const child = commands.parseNodeKey(at)
  const cause = readFailure(
    codecFor(contract, child),
    { name: name ?? kept?.name },
    child.id,
    {
      reason: reason ?? 'the child failed, and is gone',
      encoded: encoded ?? kept?.encoded,
    },
    token === undefined ? undefined : { parent: token },
  )
  return failedBy(child, { job, cause })
}

/** JOB_FAILED, of the parent `job`, by what its child failed with. */
export function failedBy(
  { queueName, id }: { queueName: string; id: string },
  details: { job: string; cause: unknown },
): BrineError {
  const remedy = `the child ${id} of '${queueName}' failed, which has failParentOnFailure: see the cause`
  return new BrineError('JOB_FAILED', remedy, details)
}
