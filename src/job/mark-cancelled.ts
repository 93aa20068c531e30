import { errorField, markField, stepsField } from '../bullmq/job-fields.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { Client } from '../connection/client.ts'
import type { Bond } from '../seal/bond.ts'
import { writeMark } from './cancel-mark.ts'
import { cancelChannel, cancellation, cancelledField } from './cancellation.ts'

/** A job to be cancelled, by its key in Redis. */
export interface Marking {
  key: string
  id: string
  name: string
  version: number | undefined
  /** That of its payload. */
  bond: Bond | undefined
  /** That of the job's queue. */
  codec: EnvelopeCodec
}

/** Where a job was when it was marked: `waits` for every state in which no worker holds it. */
export type Marked = 'missing' | 'ended' | 'active' | 'waits'

// Marks a job that has not ended and looks whether it runs, in one step, so that a worker that takes the job later sees the mark.
// The steps of its handler are forgotten, since the cancel removes their children: a retry adds them again. A user of Redis who may
// not publish still cancels: workers also look for marks from time to time. Where a list or the events hold something else, the mark is what counts.
const script = `
if redis.call('TYPE', KEYS[1])['ok'] ~= 'hash' then return 'missing' end
-- What is no sorted set has no ended jobs.
for at = 3, 4 do if type(redis.pcall('ZSCORE', KEYS[at], ARGV[1])) == 'string' then return 'ended' end end
redis.call('HSET', KEYS[1], '${cancelledField}', ARGV[2])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], '${markField}', ARGV[5]) end
redis.call('HDEL', KEYS[1], '${stepsField}')
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.pcall('PUBLISH', ARGV[4], ARGV[1])
  return 'active'
end
redis.pcall('XADD', KEYS[5], '*', 'event', '${errorField}', 'jobId', ARGV[1], '${errorField}', ARGV[3])
return 'waits'
`

/** Marks a job as cancelled: the one place that writes the mark. It tells the workers when the job runs, and may be run twice. */
export async function markCancelled(
  client: Client,
  { key, id, name, version, bond, codec }: Marking,
  reason: string,
): Promise<Marked> {
  const queueKey = key.slice(0, -id.length)
  const error = cancellation(name, reason)
  const place = { job: name, version, id, bond }
  const encoded = codec.encode(error, { ...place, kind: 'error' })
  const keys = [key, `${key}:lock`, ...['completed', 'failed', 'events'].map((list) => queueKey + list)]
  const marked: unknown = await client.eval(
    script,
    keys.length,
    ...keys,
    ...[id, error.message, encoded, cancelChannel(queueKey), writeMark(codec, error, place)],
  )
  return marked === 'active' || marked === 'waits' || marked === 'ended' ? marked : 'missing'
}
