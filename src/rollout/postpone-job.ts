import { readBoundedFields } from '../bullmq/bounded-read.ts'
import { postponedField } from '../bullmq/job-fields.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import type { Connection } from '../connection/connection.ts'
import type { BrineError } from '../errors.ts'
import type { NewerElsewhere } from './find-newer-worker.ts'
import { backoffOf, readPostponement } from './postponement.ts'

/** A look at a job that was refused, before it is decided what becomes of it. */
export interface SkewOfJob {
  /** Whether a worker of a newer contract may be able to run it. */
  readonly newer: boolean
  /** Whether it was postponed for as long as it may be. */
  readonly isOver: boolean
  /** Puts it back for a while, at no attempt's cost, and says for how long. Rejects with what Redis says. */
  postpone(token: string): Promise<{ forMs: number; times: number }>
}

/** Rejects never. */
export type LookForSkew = (job: StoredJob, refusal: BrineError) => Promise<SkewOfJob>

export interface PostponeOptions {
  hasNewerWorker: NewerElsewhere
  connection: Connection
  toKey: (id: string) => string
  /** Has this worker come last, for a while, to what is due. */
  letOthersFirst: () => void
  /** How long a job may be postponed, from the first time on. */
  skewTimeoutMs: number
  report: (error: unknown) => void
}

// They come back at most a thousand a second: what a queue full of newer jobs costs a worker that cannot run them.
const spacingMs = 1
const longestQueueMs = 60_000
const longestPostponement = 1_000

const none = { newer: false, isOver: true, postpone: () => Promise.reject(new Error('nothing to postpone')) } as const

export function createLookForSkew(options: PostponeOptions): LookForSkew {
  const { hasNewerWorker, connection, toKey, letOthersFirst, skewTimeoutMs, report } = options
  let slot = 0

  return async (job, refusal) => {
    const id = String(job.id)
    if (!(await hasNewerWorker(refusal, String(job.name)))) return none
    const attempts = job.attemptsMade
    try {
      const [text = null] = await readBoundedFields(connection.client, toKey(id), [postponedField], longestPostponement)
      const known = readPostponement(text, attempts)
      const now = connection.clock.nowMs()
      // The field is not sealed: a time in the future would postpone the job for ever.
      const since = Math.min(known?.since ?? now, now)
      const isOver = now - since >= skewTimeoutMs
      // The time begins anew for a job that comes back from quarantine.
      if (isOver && text !== null) await connection.client.hdel(toKey(id), postponedField)
      return {
        newer: true,
        isOver,
        async postpone(token) {
          const times = known?.times ?? 0
          slot = Math.min(Math.max(slot + spacingMs, now), now + longestQueueMs)
          const due = Math.max(now + backoffOf(times, Math.random()), slot)
          const fieldsToUpdate = {
            [postponedField]: JSON.stringify({ since, times: times + 1, attempts }),
            // Nothing was started, and a worker's maxStartedAttempts is not to hear of it.
            ats: Math.max(0, job.attemptsStarted - 1),
          }
          letOthersFirst()
          await job.commands.moveToDelayed(id, now, due - now, token, { skipAttempt: true, fieldsToUpdate })
          return { forMs: due - now, times: times + 1 }
        },
      }
    } catch (error) {
      report(error)
      return none
    }
  }
}
