import type { StoredJob } from '../bullmq/stored-job.ts'
import { isReply } from '../connection/redis-errors.ts'
import type { BrineError } from '../errors.ts'
import type { QuarantineJob } from '../quarantine/quarantine-job.ts'
import type { LookForSkew } from '../rollout/postpone-job.ts'
import type { Tell } from './attempt-events.ts'
import { decideRefusal } from './decide-refusal.ts'

/** Sees to a job whose handler has not begun, and says whether that was all: else it fails. It rejects never. */
export type RefuseJob = (job: StoredJob, token: string, refusal: BrineError) => Promise<boolean>

export interface RefuseJobOptions {
  quarantine: QuarantineJob
  lookForSkew: LookForSkew
  tell: Tell | undefined
  report: (error: unknown) => void
}

export function createRefuseJob({ quarantine, lookForSkew, tell, report }: RefuseJobOptions): RefuseJob {
  return async (job, token, refusal) => {
    if (decideRefusal(refusal) === 'fail') return false
    const skew = await lookForSkew(job, refusal)
    if (decideRefusal(refusal, skew) === 'postpone') {
      try {
        const { forMs, times } = await skew.postpone(token)
        tell?.away(job, { type: 'postponed', why: 'newer', forMs, times, error: refusal })
        return true
      } catch (error) {
        report(error)
        // Where Redis is gone or the job is another's, its lock runs out, and a worker takes it again.
        if (!isReply(error)) return true
      }
    }
    const isSeenTo = await quarantine(job, token, refusal)
    if (isSeenTo) tell?.away(job, { type: 'quarantined', error: refusal })
    return isSeenTo
  }
}
