import type { EnvelopeCodec, Place } from '../codec/envelope.ts'
import type { ContractJob } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { root } from '../path.ts'
import type { Bond } from '../seal/bond.ts'

/** What a producer knows of the job that it enqueued. */
export interface Enqueued {
  /** What its own text is bound to; of a queue with keys. */
  readonly bond: Bond | undefined
  /** Where the enqueue found a job and added none: its own text, and the id that this was sealed for. */
  readonly unsent: { readonly text: string; readonly id: string } | undefined
}

/**
 * The bond of the job that an enqueue found, by the payload that Redis holds of it: what comes of that job is the enqueue's only
 * when it is the same job to the caller. With another id it was found by its deduplication id, so its payload has to be sealed for
 * that; with the same id it has to have the same payload, as when an enqueue is repeated because its answer was lost. Otherwise
 * anybody who writes to Redis could choose whose result the caller gets. Throws SEAL_INVALID and JOB_REMOVED.
 */
export function bondOfFound(
  stored: string | undefined,
  { job, id, codec }: { job: ContractJob; id: string; codec: EnvelopeCodec },
  { bond, unsent }: Enqueued,
): Bond | undefined {
  const { name, aliases, version } = job
  const follow = `producer.job('${name}', '${id}') follows that job`
  if (stored === undefined) {
    const remedy = `the enqueue found a job, whose payload is gone, so nothing tells that a result is this enqueue's; ${follow}`
    throw new BrineError('JOB_REMOVED', remedy, { job: name })
  }
  const place: Place = { kind: 'payload', job: name, aliases, version, id }
  const found = codec.checkSeal(stored, place)
  // This very enqueue was sent twice, since the connection broke.
  if (found?.for !== undefined && found.for === bond?.for) return found
  if (unsent === undefined || unsent.id !== id) {
    if (found?.deduplication !== undefined && found.deduplication === bond?.deduplication) return found
    throw refuse(name, `the enqueue found a job that was not enqueued with its deduplication id; ${follow}`)
  }
  if (codec.openBody(stored, place) === codec.openBody(unsent.text, place)) return found
  throw refuse(name, `the enqueue found a job of its jobId with another payload; ${follow}`)
}

function refuse(job: string, remedy: string): BrineError {
  return new BrineError('SEAL_INVALID', remedy, { job, path: root })
}
