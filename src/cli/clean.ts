import { type Command, Option } from 'commander'
import type { CleanState } from '../producer/control.ts'
import { inSession } from './in-session.ts'
import { formatDuration, parseCount, parseDuration } from './terminal/duration.ts'
import { jobsOf } from './terminal/jobs-of.ts'

interface Options {
  queue?: string
  state: CleanState
  olderThan: number
  limit?: number
  yes?: boolean
}

const states: readonly CleanState[] = ['completed', 'failed', 'waiting', 'prioritized', 'delayed']
// One step of Redis holds up everybody else.
const atOnce = 1_000

/** `brine clean`: removes old jobs of a state. */
export function addClean(program: Command): void {
  program
    .command('clean')
    .description('remove jobs of a state that are older than a time')
    .addOption(new Option('-s, --state <state>', 'the state').choices(states).makeOptionMandatory())
    .option('--older-than <time>', 'such as 90s, 10m, 2h, 3d; default: all', parseDuration, 0)
    .option('--limit <count>', 'remove no more than this', parseCount(1))
    .option('-q, --queue <name>', 'the queue, when there are several')
    .option('-y, --yes', 'without asking')
    .action(
      inSession<Options>(async (session, { queue, state, olderThan, limit, yes }) => {
        const contract = await session.contract(queue)
        const { control } = await session.producer(contract)
        const { [state]: count } = await control.counts()
        const most = Math.min(count, limit ?? count)
        const age = olderThan > 0 ? ` that are older than ${formatDuration(olderThan)}` : ''
        if (most > 0) {
          await session.terminal.confirm(`Remove up to ${jobsOf(most, state)} of ${contract.name}${age} for good?`, yes)
        }
        let removed = 0
        while (removed < most) {
          session.terminal.progress(removed, most, 'removed')
          const ids = await control.clean(state, { olderThanMs: olderThan, limit: Math.min(atOnce, most - removed) })
          removed += ids.length
          if (ids.length === 0) break
        }
        session.terminal.progress(most, most, 'removed')
        if (session.json) session.terminal.json({ queue: contract.name, state, removed })
        else session.terminal.print(`removed ${jobsOf(removed, state)} of ${contract.name}`)
        return undefined
      }),
    )
}
