import type { Connection } from '../connection/connection.ts'
import { isReply } from '../connection/redis-errors.ts'
import { BrineError } from '../errors.ts'

export interface EvictionOptions {
  connection: Connection
  allowEviction: boolean
  report: (error: unknown) => void
}

const askAgainMs = 100

/**
 * Resolves when jobs may be taken from the server, and rejects with EVICTION_POLICY where it may throw keys away: BullMQ only
 * prints a warning. Asks once, when the server is there; where it may not be asked, says so and goes on. Never settles when the
 * connection ends before that.
 */
export async function refuseEviction({ connection, allowEviction, report }: EvictionOptions): Promise<void> {
  if (allowEviction) return
  const policy = await readPolicy(connection, report)
  // Also without a limit on memory: that may be set while the worker runs. And also those that evict only keys that expire: a
  // lock expires, and without it a job that runs is run a second time.
  if (policy === undefined || policy === 'noeviction') return
  throw new BrineError(
    'EVICTION_POLICY',
    `under maxmemory-policy '${policy}' Redis throws jobs or their locks away when its memory is full: CONFIG SET maxmemory-policy noeviction, and in redis.conf; or pass allowEviction: true`,
  )
}

async function readPolicy(connection: Connection, report: EvictionOptions['report']): Promise<string | undefined> {
  for (;;) {
    try {
      await connection.ready(Number.POSITIVE_INFINITY)
      return policyIn(await connection.client.info('memory'))
    } catch (error) {
      if (isReply(error)) {
        report(
          new BrineError('REDIS_REFUSED', 'INFO is not allowed, so that it is not known whether Redis evicts jobs'),
        )
        return undefined
      }
      if (connection.hasEnded) return new Promise<never>(() => {})
      await new Promise((resolve) => setTimeout(resolve, askAgainMs))
    }
  }
}

/** The policy that INFO tells, also where CONFIG is not allowed. */
function policyIn(info: string): string | undefined {
  return /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1]
}
