import type { Command } from 'commander'
import type { QuarantinedJob } from '../../quarantine/quarantined-job.ts'
import { inSession } from '../in-session.ts'
import { formatAgo, parseCount } from '../terminal/duration.ts'
import { type ChoosingOptions, filterOf, openQuarantines } from './entries.ts'

/** `brine quarantine list`: what is in quarantine, and why. */
export function addList(quarantine: Command, choosing: (command: Command) => Command): void {
  choosing(quarantine.command('list').description('what is in quarantine and why, the newest first'))
    .option('-n, --count <count>', 'show so many jobs of each queue', parseCount(0), 20)
    .action(
      inSession<ChoosingOptions & { count: number }>(async (session, options) => {
        const { terminal } = session
        const filter = filterOf(options)
        const found = await Promise.all(
          (await openQuarantines(session, options.queue)).map(async ({ contract, quarantine: one }) => {
            const jobs: QuarantinedJob[] = []
            const groups = await one.groups(filter)
            if (options.count > 0) {
              for await (const job of one.list(filter)) if (jobs.push(job) >= options.count) break
            }
            return { queue: contract.name, total: groups.reduce((sum, { count }) => sum + count, 0), groups, jobs }
          }),
        )
        if (session.json) return void terminal.json(found)
        if (found.every(({ total }) => total === 0)) {
          const such = Object.keys(filter).length > 0 ? 'such ' : ''
          return void terminal.print(
            `no ${such}jobs in the quarantine of ${found.map(({ queue }) => queue).join(', ')}`,
          )
        }
        terminal.table(
          ['queue', 'jobs', 'code', 'job', 'path', { title: 'such as', most: 60 }, 'newest'],
          found.flatMap(({ queue, groups }) =>
            groups.map(({ count, code, job, path, reason, newest }) => {
              return [queue, count, code, job, path, reason, formatAgo(newest)]
            }),
          ),
        )
        if (found.every(({ jobs }) => jobs.length === 0)) return undefined
        terminal.print()
        terminal.table(
          ['queue', 'id', 'job', 'code', 'path', 'since', 'worker'],
          found.flatMap(({ queue, jobs }) =>
            jobs.map(({ id, job, code, path, at, worker }) => [queue, id, job, code, path, formatAgo(at), worker]),
          ),
        )
        return undefined
      }),
    )
}
