import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import { describeFailure } from './command-error.ts'
import { inSession } from './in-session.ts'
import type { Session } from './session.ts'
import { describeStatus, printStatus } from './status/print-status.ts'
import { type QueueStatus, readStatus } from './status/read-status.ts'
import { parseDuration } from './terminal/duration.ts'

interface Options {
  queue?: string
  watch?: boolean
  interval: number
}

/** `brine status`: how the queues are. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('how the queues are: counts, times, workers, and what failures are about')
    .option('-q, --queue <name>', 'the queue; default: all')
    .option('-w, --watch', 'refresh in place until Ctrl-C')
    .option('--interval <time>', 'between two looks, such as 500ms', parseDuration, 2_000)
    .action(
      inSession<Options>(async (session, { queue, watch = false, interval }) => {
        const monitors = await session.monitors(queue)
        const look = () => Promise.all(monitors.map(readStatus))
        if (watch) return follow(session, look, interval)
        const all = await look()
        if (session.json) session.terminal.json(all.map(describeStatus))
        else printStatus(session.terminal, all)
        return undefined
      }),
    )
}

/** Until Ctrl-C, which is no failure. A Redis that goes away is said, and looked for. */
async function follow(session: Session, look: () => Promise<QueueStatus[]>, intervalMs: number): Promise<undefined> {
  const { terminal, json } = session
  const signal = session.interruption()
  while (!signal.aborted) {
    try {
      const all = await look()
      if (json) terminal.jsonLine(all.map(describeStatus))
      else {
        terminal.anew(`${new Date().toISOString()}, every ${intervalMs} ms; Ctrl-C ends it`)
        printStatus(terminal, all)
      }
    } catch (error) {
      terminal.say(describeFailure(error).message)
    }
    await wait(intervalMs, undefined, { signal }).catch(() => {})
  }
  return undefined
}
