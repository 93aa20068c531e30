import type { EnvelopeCodec } from '../codec/envelope.ts'
import { refuseForSchedules } from '../contract/schedules.ts'
import { throughMiddlewares, type UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { templateIdOf } from './open-template.ts'
import type { PreparedSchedule } from './stored-schedules.ts'

/**
 * Tells a producer's middlewares of a schedule, and writes it when the last one says so, with the options that they added. Gives
 * what `write` gives: the id of its next run. Throws OPTIONS_INVALID for options that the runs of a schedule cannot have.
 */
export async function scheduleThroughMiddlewares(
  use: readonly UntypedEnqueueMiddleware[],
  { queue, id, codec }: { queue: string; id: string; codec: EnvelopeCodec },
  schedule: PreparedSchedule,
  write: (schedule: PreparedSchedule) => Promise<string>,
): Promise<string> {
  if (use.length === 0) return write(schedule)
  const { job, text } = schedule
  const options = { ...schedule.options, jobId: templateIdOf(id) }
  const sent = await throughMiddlewares(use, { queue, job, text, codec, options, schedule: id }, async (merged) => {
    const { jobId: _, ...added } = merged.options
    refuseForSchedules(added, { code: 'OPTIONS_INVALID', job: job.name, path: 'options' })
    return { id: await write({ ...schedule, options: added }) }
  })
  return sent.id
}
