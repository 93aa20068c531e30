import type { MinimalJob } from 'bullmq'
import { isJobId, notUtf8 } from '../bullmq/job-id.ts'
import type { PatientBackend } from '../bullmq/patient-backend.ts'
import { placeOf } from '../bullmq/quarantine-keys.ts'
import { writeRecord } from '../bullmq/quarantine-record.ts'
import type { Connection } from '../connection/connection.ts'
import { isReply } from '../connection/redis-errors.ts'
import { findJob, type QueueContract } from '../contract/contract.ts'
import type { BrineError } from '../errors.ts'
import { type Id, idInBytes, keyAt } from './id-in-bytes.ts'
import { quarantineScript } from './quarantine-script.ts'

/**
 * Puts a job that is active under `token` into quarantine, and says whether it need not be seen to any more: false when Redis
 * refused that (no permission for the keys, out of memory), and the job is to be failed in its place. It rejects never.
 */
export type QuarantineJob = (job: RefusedJob, token: string, refusal: BrineError) => Promise<boolean>

/** What is known of it; the rest is in Redis. */
export type RefusedJob = Pick<MinimalJob, 'name' | 'timestamp' | 'attemptsMade'> & {
  readonly id?: Id | undefined
  readonly processedOn?: number | undefined
}

export interface QuarantineJobOptions {
  contract: QueueContract
  connection: Connection
  prefix: string | undefined
  /** By what the worker is told apart. */
  worker: () => string
  /** Of the worker's own rate limit. */
  limiterMs: number | undefined
  /** Sends again what Redis refuses for a while: see PatientBackend. */
  insist: PatientBackend['insist']
  report: (error: unknown) => void
}

// BullMQ keeps it in every listing, and a stranger chose it.
const longestName = 100

export function createQuarantineJob(options: QuarantineJobOptions): QuarantineJob {
  const { contract, connection, worker, limiterMs, insist, report } = options
  const place = placeOf(contract.name, options.prefix)
  const { of, quarantine, base, entries } = place
  const lists = ['active', 'stalled', 'events', 'meta', 'limiter', 'wait', 'prioritized', 'delayed', 'marker', 'pc']
  const keysOf = (id: Id) => [
    keyAt(base, id),
    ...lists.map((list) => of[list] ?? ''),
    ...['failed', 'events', 'meta'].map((list) => quarantine[list] ?? ''),
  ]

  return async (job, token, { code, path, message: reason }) => {
    const read = String(job.id)
    const name = String(job.name ?? '').slice(0, longestName)
    const now = connection.clock.nowMs()
    const attempts = whole(job.attemptsMade)
    const data = writeRecord({
      ...{
        id: read,
        queue: contract.name,
        job: name,
        code,
        path,
        reason,
        at: new Date(now),
        worker: worker(),
        attempts,
      },
      version: findJob(contract, name)?.version,
    })
    const when = [whole(job.timestamp, now), whole(job.processedOn, now), limiterMs ?? '', attempts]
    const holds = isJobId(read) || read.includes(notUtf8) ? 'a job' : 'a key'
    try {
      const id = typeof job.id === 'object' ? job.id : await idInBytes(connection, place, read, token)
      const keys = keysOf(id)
      // Any bytes are a text of latin1, by which people can name the entry.
      const entryId = typeof id === 'string' ? id : id.toString('latin1')
      const given = [base, entries, id, token, name, reason, data, code, path ?? '', ...when, entryId, holds]
      await insist(() => connection.client.eval(quarantineScript, keys.length, ...keys, ...given))
      // When the script finds the job no longer ours, it is another worker's, or it went at the first of two sendings.
      return true
    } catch (error) {
      report(error)
      // Where Redis is gone, its lock runs out, and the check for stalled jobs gives it to a worker again.
      return !isReply(error)
    }
  }
}

function whole(value: number | undefined, otherwise = 0): number {
  return Number.isSafeInteger(value) ? Number(value) : otherwise
}
