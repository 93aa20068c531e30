import type { StoredJob } from '../bullmq/stored-job.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { Connection } from '../connection/connection.ts'
import { findJob, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { failedChild } from '../flow/failed-child.ts'
import { readMark } from '../job/cancel-mark.ts'
import { cancelledField } from '../job/cancellation.ts'
import { bondOf } from '../job/payload-bond.ts'
import { childFailed } from './bullmq-errors.ts'

export interface JobMarkSources {
  contract: QueueContract
  codec: EnvelopeCodec
  connection: Connection
  /** The key of a job's hash, and with no id the start of every key of the queue. */
  toKey: (id: string) => string
  report: (error: unknown) => void
}

/** The cancellation of a job that a worker has taken, if it was cancelled. */
export function markOf(
  { contract, codec, connection: { client }, toKey }: Omit<JobMarkSources, 'report'>,
  job: StoredJob,
): Promise<BrineError | undefined> {
  const { name } = job
  const id = String(job.id)
  return readMark(client, toKey(id), codec, () => ({
    ...{ job: name, aliases: findJob(contract, name)?.aliases, id, bond: bondOf(job, contract, codec) },
  }))
}

// A cancel may have written another meanwhile.
const forget = `if redis.call('HGET', KEYS[1], '${cancelledField}') == ARGV[1] then redis.call('HDEL', KEYS[1], '${cancelledField}') end`

/** The error that a taken job of a queue with keys fails with instead of running; undefined if it must run. */
export type Doom = (job: StoredJob) => Promise<BrineError | undefined>

/**
 * BullMQ fails a job with whatever text `defa` holds. With keys, the worker fails it only for a cancel that is sealed for the job, and for
 * the text by which BullMQ tells of a child. That is not sealed either, so the error says no more than that the job failed.
 */
export function createDoom(sources: JobMarkSources): Doom {
  const { contract, connection, toKey, report } = sources
  return async (job) => {
    const { deferred = '' } = job
    // Its payload is not opened yet, so the name may be anything.
    const name = findJob(contract, job.name)?.name
    const cancelled = await markOf(sources, job)
    if (cancelled) return cancelled
    const [, child] = childFailed.exec(deferred) ?? []
    if (child !== undefined) return failedChild(job, contract, child)
    const remedy = 'its hash has an unsealed mark to fail, which was ignored: keep others from writing to Redis'
    report(new BrineError('SEAL_INVALID', remedy, { job: name }))
    // So that it is reported once.
    await connection.client.eval(forget, 1, toKey(String(job.id)), deferred)
    return undefined
  }
}
