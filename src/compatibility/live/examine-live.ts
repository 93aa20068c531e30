import { readHead } from '../../codec/text-head.ts'
import { findJob, type QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { codecOf } from '../../job/contract-codec.ts'
import { examineHash, examineText } from '../../quarantine/examine.ts'
import { templateIdOf } from '../../schedule/open-template.ts'
import type { LiveRefusal, PlaceInReport } from './live-report.ts'
import { fieldOf, type StoredHash } from './read-hashes.ts'

/** What this build would refuse a job with that it reads from its hash; undefined when it would run it. */
export async function examineLive(
  contract: QueueContract,
  prefix: string | undefined,
  place: PlaceInReport,
  hash: StoredHash & { id: string },
): Promise<LiveRefusal | undefined> {
  const { id, tooLong } = hash
  const name = fieldOf(hash, 'name') ?? ''
  const text = fieldOf(hash, 'data')
  const refusal = tooLong
    ? new BrineError(
        'LIMIT_EXCEEDED',
        `its ${tooLong.field} has ${tooLong.bytes} bytes, more than the limits let anyone read`,
      )
    : await refusalOf(contract, prefix, place, { id, name, text, flat: hash.flat })
  if (!refusal) return undefined
  const { code, path, message: reason } = refusal
  return { code, path, reason, job: name, version: readHead(text ?? '')?.version }
}

async function refusalOf(
  contract: QueueContract,
  prefix: string | undefined,
  place: PlaceInReport,
  { id, name, text, flat }: { id: string; name: string; text: string | undefined; flat: string[] },
): Promise<BrineError | undefined> {
  const codec = codecOf(contract, prefix)
  const job = findJob(contract, name)?.name ?? name.slice(0, 100)
  try {
    // A template of BullMQ's own that has no data makes jobs that have none.
    if (place === 'schedules')
      return await examineText(contract, codec, { id: templateIdOf(id), name, job, text: text ?? '{}' })
    // What is kept for later has no hash of a job yet.
    if (place === 'deduplicated') return await examineText(contract, codec, { id, name, job, text: text ?? '' })
    return await examineHash(contract, codec, { id, job, flat })
  } catch (error) {
    return new BrineError('VALUE_INVALID', 'its schema or model threw: see the cause', { job, cause: error })
  }
}
