import type { Command } from 'commander'
import { inSession } from './in-session.ts'
import { jobsOf } from './terminal/jobs-of.ts'

interface Options {
  queue?: string
  delayed?: boolean
  yes?: boolean
}

/** `brine drain`: throws away what waits. */
export function addDrain(program: Command): void {
  program
    .command('drain')
    .description('remove all jobs that wait; what runs goes on')
    .option('-q, --queue <name>', 'the queue, when there are several')
    .option('--delayed', 'also those that are delayed')
    .option('-y, --yes', 'without asking')
    .action(
      inSession<Options>(async (session, { queue, delayed = false, yes }) => {
        const contract = await session.contract(queue)
        const { control } = await session.producer(contract)
        const drained = async () => {
          const counts = await control.counts()
          return counts.waiting + counts.prioritized + (delayed ? counts.delayed : 0)
        }
        const before = await drained()
        const kinds = delayed ? 'waiting and delayed' : 'waiting'
        if (before > 0) {
          await session.terminal.confirm(`Remove ${jobsOf(before, kinds)} of ${contract.name} for good?`, yes)
        }
        await control.drain({ delayed })
        const removed = Math.max(0, before - (await drained()))
        if (session.json) session.terminal.json({ queue: contract.name, removed })
        else session.terminal.print(`removed ${jobsOf(removed, kinds)} of ${contract.name}`)
        return undefined
      }),
    )
}
