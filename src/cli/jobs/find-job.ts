import type { MonitoredJob } from '../../monitor/monitored-job.ts'
import type { QueueMonitor } from '../../monitor/queue-monitor.ts'
import { CommandError } from '../command-error.ts'
import { exitCode } from '../exit-code.ts'
import type { Session } from '../session.ts'

export interface FoundJob {
  readonly job: MonitoredJob
  readonly queue: QueueMonitor
}

/** The job of an id: in the named queue, or in whichever has it. Throws a CommandError when none does, or several do. */
export async function findJob(session: Session, id: string, named: string | undefined): Promise<FoundJob> {
  const queues = await session.monitors(named)
  const found: FoundJob[] = []
  for (const queue of queues) {
    const job = await queue.job(id)
    if (job) found.push({ job, queue })
  }
  const [first, ...others] = found
  if (first && others.length === 0) return first
  if (first) {
    const names = found.map(({ queue }) => queue.contract.name).join(' and ')
    throw new CommandError(exitCode.usage, `the job ${id} stands in ${names}: say which with --queue`)
  }
  const names = queues.map(({ contract }) => contract.name).join(', ')
  throw new CommandError(exitCode.failed, `there is no job ${id} in ${names}: it was removed, or ended long ago`)
}
