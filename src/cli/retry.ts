import type { Command } from 'commander'
import { CommandError } from './command-error.ts'
import { exitCode } from './exit-code.ts'
import { inSession } from './in-session.ts'
import { eachJob } from './jobs/each-job.ts'
import { jobsOf } from './terminal/jobs-of.ts'

interface Options {
  queue?: string
  all?: boolean
}

/** `brine retry`: failed jobs run again. */
export function addRetry(program: Command): void {
  program
    .command('retry [ids...]')
    .description('let failed jobs run again, with all their attempts')
    .option('-q, --queue <name>', 'the queue; default: whichever has the job')
    .option('--all', 'all failed jobs of the queue')
    .action(
      inSession<Options, [string[]]>(async (session, options, ids) => {
        if ((options.all === true) === ids.length > 0) {
          throw new CommandError(exitCode.usage, 'name the jobs by their ids, or all failed ones by --all')
        }
        if (!options.all) {
          return eachJob(session, ids, options, 'retried', async ({ job }, producer) => {
            const state = job.state === 'completed' ? 'completed' : 'failed'
            const reset = { state, resetAttemptsMade: true, resetAttemptsStarted: true } as const
            await producer.job(job.storedName, job.id).retry(reset)
          })
        }
        const { control } = await session.producer(await session.contract(options.queue))
        const { failed } = await control.counts()
        await control.retryFailed()
        if (session.json) session.terminal.json({ retried: failed })
        else session.terminal.print(`retried ${jobsOf(failed, 'failed')}`)
        return undefined
      }),
    )
}
