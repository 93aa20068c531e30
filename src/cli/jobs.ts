import { type Command, Option } from 'commander'
import { givenValue } from '../monitor/describe-reading.ts'
import type { JobFailure, MonitoredJob } from '../monitor/monitored-job.ts'
import type { ListedState, QueueMonitor } from '../monitor/queue-monitor.ts'
import { inSession } from './in-session.ts'
import { describeJob } from './jobs/describe-job.ts'
import { presentLine } from './jobs/present.ts'
import { formatAgo, parseCount } from './terminal/duration.ts'

interface Options {
  queue?: string
  state: ListedState
  start: number
  count: number
  reverse?: boolean
  reveal?: boolean
}

/** `brine jobs`: the jobs of a state. */
export function addJobs(program: Command): void {
  program
    .command('jobs')
    .description('the jobs of a state, decoded: those that come next, or ended last, first')
    .addOption(
      new Option('-s, --state <state>', 'the state; for those in quarantine: brine quarantine list')
        .choices(Object.keys(timeTitle))
        .default('failed'),
    )
    .option('-q, --queue <name>', 'the queue; default: all')
    .option('--start <count>', 'pass over so many', parseCount(0), 0)
    .option('-n, --count <count>', 'show so many of each queue, at most 500', parseCount(1), 20)
    .option('--reverse', 'from the other end')
    .option('--reveal', 'show sensitive fields too')
    .action(
      inSession<Options>(async (session, { queue, state, reveal = false, ...page }) => {
        const { terminal } = session
        const monitors = await session.monitors(queue)
        const pages = await Promise.all(
          monitors.map(async (monitor) => ({ monitor, ...(await monitor.jobs(state, page)) })),
        )
        const all = pages.flatMap(({ monitor, jobs }) => jobs.map((job) => ({ monitor, job })))
        if (session.json) {
          const jobs = all.map(({ monitor, job }) => describeJob(job, monitor.contract, reveal))
          const total = pages.reduce((sum, one) => sum + one.total, 0)
          return void terminal.json({ state, total, jobs })
        }
        if (all.length === 0)
          return void terminal.print(`no ${state} jobs in ${monitors.map(({ contract }) => contract.name).join(', ')}`)
        terminal.table(
          ['queue', 'job', 'id', timeTitle[state], 'attempts', { title: 'payload', most: 70 }],
          all.map(({ monitor, job }) => [
            ...[job.queue, job.storedName, job.id, formatAgo(timeOf(job)), `${job.attempts}/${job.maxAttempts}`],
            lineOf(monitor, job, reveal),
          ]),
        )
        for (const { monitor, jobs, total, next } of pages) {
          if (next !== undefined) {
            terminal.say(
              `${jobs.length} of ${total} ${state} jobs of ${monitor.contract.name}; --start ${next} goes on`,
            )
          }
        }
        return undefined
      }),
    )
}

const timeTitle: Readonly<Record<ListedState, string>> = {
  waiting: 'enqueued',
  active: 'started',
  delayed: 'due',
  prioritized: 'enqueued',
  'waiting-children': 'started',
  completed: 'ended',
  failed: 'ended',
}

function timeOf(job: MonitoredJob): Date | undefined {
  if (job.state === 'delayed') return job.dueAt
  if (job.state === 'completed' || job.state === 'failed') return job.endedAt
  return job.state === 'active' || job.state === 'waiting-children' ? job.startedAt : job.enqueuedAt
}

/** What is inside, or what is wrong. */
function lineOf({ contract }: QueueMonitor, found: MonitoredJob, reveal: boolean): string {
  const { name: job, state, error, formerError, payload } = found
  if (payload.unreadable) return payload.unreadable.message
  const shown = presentLine(givenValue(payload), { contract, job, reveal, part: 'payload' })
  if (error) return `${describeError(error)} ${shown}`
  // For a job that completed, an earlier error is history.
  return formerError && state !== 'completed' ? `earlier attempt: ${describeError(formerError)} ${shown}` : shown
}

function describeError({ code, kind, message }: JobFailure): string {
  return `${code ?? kind}: ${message}`
}
