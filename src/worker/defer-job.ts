import type { StoredJob } from '../bullmq/stored-job.ts'
import type { JobDeferred } from '../job/job-deferred.ts'

export interface PutJobBackOptions {
  limitRate: ((ms: number) => Promise<void>) | undefined
  report: (error: unknown) => void
}

/** Does what a handler asked for by `throw context.delay(ms)` or `throw context.rateLimit(ms)`. It rejects never. */
export async function deferJob(
  job: StoredJob,
  token: string,
  { why, ms }: JobDeferred,
  { limitRate, report }: PutJobBackOptions,
): Promise<void> {
  try {
    if (why === 'delay' || !limitRate) return await job.moveToDelayed(Date.now() + ms, token)
    // Before the job waits again, or this worker would take it at once.
    if (ms > 0) await limitRate(Math.ceil(ms))
    await job.moveToWait(token)
  } catch (error) {
    // Its lock runs out, and the check for stalled jobs puts it back.
    report(error)
  }
}
