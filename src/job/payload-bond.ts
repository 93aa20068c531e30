import { EncodedText } from '../bullmq/encoded-text.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import { findJob, type QueueContract } from '../contract/contract.ts'
import type { Bond } from '../seal/bond.ts'
import { bondOfPayload } from './stored-payload.ts'

/**
 * What a job that a worker took is bound to, for an error that its handler had no part in: nobody who waits for the job would
 * believe it without.
 */
export function bondOf({ id, name, data }: StoredJob, contract: QueueContract, codec: EnvelopeCodec): Bond | undefined {
  const entry = codec.sealed ? findJob(contract, name) : undefined
  return entry && data instanceof EncodedText ? bondOfPayload(data.text, entry, codec, String(id)) : undefined
}
