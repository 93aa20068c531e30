import { ErrorCode } from 'bullmq'
import type { EnvelopeCodec } from '../../codec/envelope.ts'
import type { ContractJob } from '../../contract/contract.ts'
import { errorField } from '../bullmq/stored-backend.ts'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { Connection } from '../connection/connection.ts'
import { cancelChannel, cancellation, cancelledField } from './cancellation.ts'
import { bondOfPayload, readPayload } from './stored-payload.ts'

/**
 * What a cancel has found: `removed` a job that waited; `requested` the end of one that runs, or is held by a scheduler, and
 * fails as soon as its worker hears of it, or when it is taken next; `ended` and `missing` ones were too late.
 */
export type Cancelled = 'removed' | 'requested' | 'ended' | 'missing'

// Marks a job that has not ended, in one step with looking whether it runs, so that a worker which takes it from now on knows.
const markScript = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 'missing' end
if redis.call('ZSCORE', KEYS[3], ARGV[1]) or redis.call('ZSCORE', KEYS[4], ARGV[1]) then return 'ended' end
redis.call('HSET', KEYS[1], '${cancelledField}', ARGV[2])
if redis.call('EXISTS', KEYS[2]) == 1 then return 'active' end
redis.call('XADD', KEYS[5], '*', 'event', '${errorField}', 'jobId', ARGV[1], '${errorField}', ARGV[3])
return 'waits'
`

export interface CancelSources {
  queue: StoredQueue
  connection: Connection
  codec: EnvelopeCodec
}

/** Cancels the job of an id, wherever it is. May be run twice. */
export async function cancelJob(
  sources: CancelSources,
  job: ContractJob,
  id: string,
  reason: string,
): Promise<Cancelled> {
  const { queue, codec } = sources
  const { client } = sources.connection
  const { name, version } = job
  const error = cancellation(name, reason)
  const key = queue.toKey(id)
  const keys = [key, `${key}:lock`, ...['completed', 'failed', 'events'].map((list) => queue.toKey(list))]
  const bond = codec.sealed ? bondOfPayload(await readPayload(sources, id), job, codec, id) : undefined
  const encoded = codec.encode(error, { kind: 'error', job: name, version, id, bond })
  const found: unknown = await client.eval(markScript, keys.length, ...keys, id, error.message, encoded)
  // One in quarantine has had its worker; it would run only when somebody replays it.
  if (found === 'missing') return (await queue.backend.readQuarantined(id)) === undefined ? 'missing' : 'ended'
  if (found === 'ended') return found
  if (found === 'active') {
    await client.publish(cancelChannel(queue.toKey('')), id)
    return 'requested'
  }
  // Children that run go on, and their results are nobody's; those that ended stay as they are.
  try {
    // One that a worker has taken meanwhile has its mark.
    return (await queue.backend.removeWithWaiting(id)) === 1 ? 'removed' : 'requested'
  } catch (error) {
    if (codeOf(error) === ErrorCode.JobBelongsToJobScheduler) return 'requested'
    throw error
  }
}

/** What BullMQ's scripts answer that refuse: see ErrorCode. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined
}
