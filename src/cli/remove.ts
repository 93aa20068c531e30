import type { Command } from 'commander'
import { BrineError } from '../errors.ts'
import { inSession } from './in-session.ts'
import { eachJob } from './jobs/each-job.ts'

interface Options {
  queue?: string
  yes?: boolean
}

/** `brine remove`: takes jobs out of Redis. */
export function addRemove(program: Command): void {
  program
    .command('remove <ids...>')
    .description('remove jobs, with their children; not those that run')
    .option('-q, --queue <name>', 'the queue; default: whichever has the job')
    .option('-y, --yes', 'without asking')
    .action(
      inSession<Options, [string[]]>(async (session, options, ids) => {
        const what = ids.length === 1 ? `the job ${ids[0]}` : `${ids.length} jobs`
        await session.terminal.confirm(`Remove ${what} for good?`, options.yes)
        return eachJob(session, ids, options, 'removed', async ({ job }, producer) => {
          if (job.name !== undefined) return producer.job(job.name, job.id).remove()
          // Of a name that the contract does not have: it is removed like any other.
          if ((await producer.bullmq.remove(job.id)) === 1) return undefined
          throw new BrineError('JOB_STATE_INVALID', 'it, or a child of it, is active', { job: job.storedName })
        })
      }),
    )
}
