import type { Command } from 'commander'
import { inSession } from './in-session.ts'

/** `brine status`: how many jobs there are in each state, queue by queue. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('how many jobs there are in each state, queue by queue')
    .action(
      inSession(async (session) => {
        const { terminal, json } = session
        const { queues } = await session.config()
        const rows = await Promise.all(
          queues.map(async (contract) => {
            const { control } = await session.producer(contract)
            return { queue: contract.name, paused: await control.isPaused(), counts: await control.counts() }
          }),
        )
        if (json) terminal.json(rows)
        else {
          const states = Object.keys(rows[0]?.counts ?? {})
          terminal.table(
            ['queue', ...states],
            rows.map(({ queue, counts }) => [queue, ...Object.values(counts)]),
          )
        }
        return undefined
      }),
    )
}
