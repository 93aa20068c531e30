import type { Command } from 'commander'
import type { QueueContract } from '../contract/contract.ts'
import type { JobEvent } from '../events/job-events.ts'
import type { QueueMonitor } from '../monitor/queue-monitor.ts'
import { inSession } from './in-session.ts'
import { type PresentOptions, presentJson, presentLine } from './jobs/present.ts'
import { printableLine } from './terminal/printable.ts'
import type { Style } from './terminal/style.ts'

interface Options {
  queue?: string
  job?: string
  type?: string[]
  after?: string
  reveal?: boolean
}

/** `brine tail`: what happens, as it happens. */
export function addTail(program: Command): void {
  program
    .command('tail')
    .description('what happens to jobs, as it happens, until Ctrl-C; with --json one document a line')
    .option('-q, --queue <name>', 'the queue; default: all')
    .option('--job <name>', 'only jobs of this name')
    .option('--type <types...>', 'only such events: enqueued, active, progress, completed, failed, …')
    .option('--after <position>', 'from an earlier position on, 0 for all that Redis has; default: from now on')
    .option('--reveal', 'show sensitive fields too')
    .action(
      inSession<Options>(async (session, { queue, job, type, after, reveal = false }) => {
        const { terminal, json } = session
        const monitors = await session.monitors(queue)
        const signal = session.interruption()
        const follow = async (monitor: QueueMonitor) => {
          for await (const event of monitor.events({ signal, after })) {
            if (job !== undefined && event.name !== job) continue
            if (type !== undefined && !type.includes(event.type)) continue
            const { contract } = monitor
            if (json) terminal.jsonLine(describeEvent(event, contract, reveal))
            else terminal.print(formatEvent(event, contract, reveal, terminal.style))
          }
        }
        try {
          const followed = Promise.all(monitors.map(follow))
          terminal.say(`following ${monitors.map(({ contract }) => contract.name).join(', ')}; Ctrl-C ends it`)
          await followed
        } catch (error) {
          if (!signal.aborted) throw error
        }
        return undefined
      }),
    )
}

const parts = ['progress', 'result', 'error'] as const

/** The value that an event tells, if it tells one. */
function toldBy(event: JobEvent): { part: PresentOptions['part']; value: unknown } | undefined {
  const part = parts.find((name) => Reflect.get(event, name) !== undefined)
  return part && { part, value: Reflect.get(event, part) }
}

function describeEvent(event: JobEvent, contract: QueueContract, reveal: boolean): Record<string, unknown> {
  const told = toldBy(event)
  const { unreadable, ...rest } = { unreadable: undefined, ...event }
  return {
    queue: contract.name,
    ...rest,
    ...(told && { [told.part]: presentJson(told.value, { contract, job: event.name, part: told.part, reveal }) }),
    ...(unreadable && { unreadable: { code: unreadable.code, message: unreadable.message } }),
  }
}

function formatEvent(event: JobEvent, contract: QueueContract, reveal: boolean, style: Style): string {
  const told = toldBy(event)
  const unreadable: unknown = Reflect.get(event, 'unreadable')
  const colour = event.type === 'failed' ? style.red : event.type === 'completed' ? style.green : (text: string) => text
  const words = [
    style.dim(event.at.toISOString()),
    contract.name,
    colour(event.type),
    event.id === undefined ? '' : printableLine(`${event.name ?? '?'} ${event.id}`),
    told ? presentLine(told.value, { contract, job: event.name, part: told.part, reveal }) : '',
    unreadable instanceof Error ? printableLine(unreadable.message) : '',
  ]
  return words.filter((word) => word !== '').join(' ')
}
