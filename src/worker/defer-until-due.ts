import type { StoredJob } from '../bullmq/stored-job.ts'
import { JobDeferred } from '../job/job-deferred.ts'
import type { OpenedPayload } from '../job/open-payload.ts'
import type { RunGuard } from '../schedule/run-guard.ts'

/**
 * A payload that was opened, if its job is no run of a schedule, or one that is due. A run that comes too early is put back until its
 * time: it was promoted twice, or a worker's clock is ahead. Throws what `guard.check` does.
 */
export function deferUntilDue(
  guard: RunGuard,
  job: Pick<StoredJob, 'id' | 'name' | 'opts'>,
  text: string,
  opening: OpenedPayload | Promise<OpenedPayload>,
): OpenedPayload | Promise<OpenedPayload> {
  if (opening instanceof Promise) return opening.then((opened) => deferUntilDue(guard, job, text, opened))
  const { id, name, opts } = job
  const earlyMs = guard.check({ id: String(id), name, repeat: Reflect.get(opts, 'repeat') }, text, opening.bond)
  if (earlyMs > 0) throw new JobDeferred('delay', earlyMs)
  return opening
}
