import type { EnvelopeCodec } from '../../codec/envelope.ts'
import { findJob, type QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { mendHash } from '../bullmq/mend-hash.ts'
import { openPayload } from '../worker/open-payload.ts'
import type { KeptJob } from './quarantined-job.ts'

/** What a worker with the code, contract and keys of today would refuse the job with; nothing when it would run it. */
export async function examine(
  contract: QueueContract,
  codec: EnvelopeCodec,
  job: KeptJob,
): Promise<BrineError | undefined> {
  const { fields } = job
  const damage = mendHash([...fields].flatMap(([name, value]) => [name, value.toString()]))
  if (damage) return damage.error
  const name = String(fields.get('name'))
  const entry = findJob(contract, name)
  if (!entry) {
    return new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job here`, { job: job.record.job })
  }
  try {
    await openPayload(job.text ?? '', entry, codec, job.record.jobId)
    return undefined
  } catch (error) {
    if (error instanceof BrineError) return error
    throw error
  }
}
