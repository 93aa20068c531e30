import { QueueKeys } from 'bullmq'
import type { Command } from 'commander'
import { givenValue } from '../monitor/describe-reading.ts'
import { isStandIn } from '../monitor/job-failure.ts'
import type { JobFailure, MonitoredJob, Reading } from '../monitor/monitored-job.ts'
import { inSession } from './in-session.ts'
import { describeJob } from './jobs/describe-job.ts'
import { type FoundJob, findJob } from './jobs/find-job.ts'
import { type PresentOptions, presentText } from './jobs/present.ts'
import { formatDuration, formatTime } from './terminal/duration.ts'
import { printable, printableLine } from './terminal/printable.ts'
import type { Terminal } from './terminal/terminal.ts'

interface Options {
  queue?: string
  reveal?: boolean
}

/** `brine show`: one job, decoded. */
export function addShow(program: Command): void {
  addShowAction(
    program.command('show <id>').description('one job: its decoded payload, its result or error, and its times'),
  )
}

/** What `brine show` and `brine quarantine show` do. */
export function addShowAction(command: Command): void {
  command
    .option('-q, --queue <name>', 'the queue; default: whichever has the job')
    .option('--reveal', 'show sensitive fields too')
    .action(
      inSession<Options, [string]>(async (session, { queue, reveal = false }, id) => {
        const found = await findJob(session, id, queue)
        const { contract } = found.queue
        if (session.json) return void session.terminal.json(describeJob(found.job, contract, reveal))
        printFacts(session.terminal, found.job)
        printValues(session.terminal, found, reveal)
        const [{ client }, prefix] = [await session.connect(), await session.prefix(contract)]
        const logs = await client.lrange(`${new QueueKeys(prefix).toKey(contract.name, id)}:logs`, 0, mostLines - 1)
        if (logs.length > 0) {
          session.terminal.print(session.terminal.style.bold('log'))
          for (const line of logs) session.terminal.print(`  ${printable(line)}`)
        }
        return undefined
      }),
    )
}

const mostLines = 100

function printFacts({ print, style }: Terminal, job: MonitoredJob): void {
  const { startedAt, endedAt, enqueuedAt } = job
  const since = (from: Date | undefined, to: Date | undefined) =>
    from && to ? formatDuration(to.getTime() - from.getTime()) : undefined
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    ['state', job.state],
    ['enqueued', formatTime(enqueuedAt)],
    ['due', formatTime(job.dueAt)],
    ['started', formatTime(startedAt)],
    ['ended', formatTime(endedAt)],
    ['ran', since(startedAt, endedAt)],
    ['attempts', `${job.attempts} of ${job.maxAttempts}`],
    ['priority', job.priority || undefined],
    ['worker', job.worker],
    ['parent', job.parent && `${job.parent.id} of ${job.parent.queue}`],
    ['schedule', job.schedule],
    ['deduplication', job.deduplicationId],
    [
      'quarantined',
      job.quarantine &&
        `${formatTime(job.quarantine.at) ?? 'at an unknown time'}, by ${job.quarantine.worker ?? 'a worker'}`,
    ],
    ['because', job.quarantine?.reason],
  ]
  print(style.bold(printableLine(`${job.queue} ${job.storedName} ${job.id}`)))
  for (const [name, value] of facts) {
    if (value !== undefined) print(`  ${name.padEnd(14)}${printableLine(String(value))}`)
  }
}

function printValues({ print, style }: Terminal, { job, queue: { contract } }: FoundJob, reveal: boolean): void {
  const options = { contract, job: job.name, reveal }
  const indented = (text: string) => text.replace(/^/gm, '  ')
  const value = (title: string, reading: Reading<unknown> | undefined, part: PresentOptions['part']) => {
    if (!reading) return
    print(style.bold(`${title} (${reading.bytes} bytes)`))
    if (!reading.unreadable) return print(indented(presentText(givenValue(reading), { ...options, part })))
    print(style.red(indented(printable(reading.unreadable.message))))
    if (reading.decoded) print(indented(presentText(reading.decoded.value, { ...options, part })))
  }
  value('payload', job.payload, 'payload')
  value('progress', job.progress, 'progress')
  value('result', job.result, 'result')
  const failure = (title: string, { value, kind, message }: JobFailure) => {
    print(style.bold(title))
    // If only BullMQ's message could be read, `value` is our JOB_FAILED, and `kind` is the class that was thrown.
    const text = isStandIn(value) ? printable(`${kind}: ${message}`) : presentText(value, { ...options, part: 'error' })
    print(style.red(indented(text)))
  }
  if (job.error) failure('error', job.error)
  if (job.formerError) failure('error of an earlier attempt', job.formerError)
}
