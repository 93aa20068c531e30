import type { Worker } from 'bullmq'
import type { Connection } from '../connection/connection.ts'

// What no queue reaches in a second: the limit is there so that BullMQ looks at all.
const boundless = { max: Number.MAX_SAFE_INTEGER, durationMs: 1_000 }

/**
 * Lets no worker take a job of the queue for `ms`. BullMQ's workers look at that only where a limit is set: by their own
 * `limiter`, or for the queue. Where there is none, one is set that is never reached.
 */
export async function limitRate(
  ms: number,
  { keys, opts, backend }: RateLimited,
  { client }: Connection,
): Promise<void> {
  if (!opts.limiter) {
    const meta = String(keys['meta'])
    await client.hsetnx(meta, 'max', boundless.max)
    await client.hsetnx(meta, 'duration', boundless.durationMs)
  }
  await backend.setRateLimit(ms)
}

type RateLimited = Pick<Worker, 'keys' | 'opts' | 'backend'>
