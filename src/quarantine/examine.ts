import { isRun } from '../bullmq/job-id.ts'
import { repairJobHash } from '../bullmq/repair-job-hash.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import { findJob, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { openPayload } from '../job/open-payload.ts'
import { checkRun } from '../schedule/check-run.ts'
import type { KeptJob } from './quarantined-job.ts'

/** What a worker with the code, contract and keys of today would refuse the job with; nothing when it would run it. */
export function examine(contract: QueueContract, codec: EnvelopeCodec, job: KeptJob): Promise<BrineError | undefined> {
  const flat = [...job.fields].flatMap(([name, value]) => [name, value.toString()])
  return examineHash(contract, codec, { id: job.record.jobId, job: job.record.job, flat })
}

/** The same of the fields of a job's hash, as names and values in turn: of those that a worker looks at. */
export async function examineHash(
  contract: QueueContract,
  codec: EnvelopeCodec,
  { id, job, flat }: { id: string; job: string | undefined; flat: string[] },
): Promise<BrineError | undefined> {
  // What has none yet may have any.
  const damage = repairJobHash(flat, id || undefined)
  if (damage) return damage.error
  const [name, text, options] = ['name', 'data', 'opts'].map((field) => fieldIn(flat, field))
  return examineText(contract, codec, { id, job, name, text, options })
}

/** The same of a name and a text, such as a schedule's template has them. `options` are those of a job, in JSON. */
export async function examineText(
  contract: QueueContract,
  codec: EnvelopeCodec,
  { id, name = '', job, text = '', options }: Examined,
): Promise<BrineError | undefined> {
  const entry = findJob(contract, name)
  if (!entry) return new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job here`, { job })
  try {
    const { bond } = await openPayload(text, entry, codec, id)
    if (options !== undefined && isRun(id))
      checkRun(contract, { id, name, text, bond, repeat: JSON.parse(options).repeat })
    return undefined
  } catch (error) {
    if (error instanceof BrineError) return error
    throw error
  }
}

interface Examined {
  id: string
  name: string | undefined
  job: string | undefined
  text: string | undefined
  options?: string | undefined
}

function fieldIn(flat: readonly string[], name: string): string {
  for (let at = 0; at < flat.length; at += 2) if (flat[at] === name) return flat[at + 1] ?? ''
  return ''
}
