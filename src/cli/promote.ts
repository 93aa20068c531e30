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

/** `brine promote`: delayed jobs wait no longer. */
export function addPromote(program: Command): void {
  program
    .command('promote [ids...]')
    .description('let delayed jobs run now')
    .option('-q, --queue <name>', 'the queue; default: whichever has the job')
    .option('--all', 'all delayed jobs of the queue')
    .action(
      inSession<Options, [string[]]>(async (session, options, ids) => {
        if ((options.all === true) === ids.length > 0) {
          throw new CommandError(exitCode.usage, 'name the jobs by their ids, or all delayed ones by --all')
        }
        if (!options.all) {
          return eachJob(session, ids, options, 'promoted', ({ job }, producer) =>
            producer.job(job.storedName, job.id).promote(),
          )
        }
        const { control } = await session.producer(await session.contract(options.queue))
        const { delayed } = await control.counts()
        await control.promoteDelayed()
        if (session.json) session.terminal.json({ promoted: delayed })
        else session.terminal.print(`promoted ${jobsOf(delayed, 'delayed')}`)
        return undefined
      }),
    )
}
