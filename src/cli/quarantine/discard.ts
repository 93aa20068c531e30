import type { Command } from 'commander'
import { inSession } from '../in-session.ts'
import { jobsOf } from '../terminal/jobs-of.ts'
import { type ChoosingOptions, choose } from './entries.ts'

interface Options extends ChoosingOptions {
  yes?: boolean
}

/** `brine quarantine discard`: throws jobs away. */
export function addDiscard(quarantine: Command, choosing: (command: Command) => Command): void {
  choosing(quarantine.command('discard [ids...]').description('throw jobs in quarantine away for good'))
    .option('--all', 'all that are there')
    .option('-y, --yes', 'without asking')
    .action(
      inSession<Options, [string[]]>(async (session, options, ids) => {
        const { terminal } = session
        const chosen = await choose(session, ids, options)
        const count = chosen.reduce((sum, one) => sum + one.count, 0)
        const names = chosen.map(({ contract }) => contract.name).join(', ')
        if (count > 0) {
          await terminal.confirm(`Throw ${jobsOf(count)} in the quarantine of ${names} away for good?`, options.yes)
        }
        const told = []
        for (const { contract, quarantine: one, which } of chosen) {
          told.push({ queue: contract.name, discarded: await one.discard(which) })
        }
        if (session.json) terminal.json(told)
        else if (told.length === 0) terminal.print('no entries match, nothing to discard')
        else for (const { queue, discarded } of told) terminal.print(`discarded ${discarded} of ${queue}`)
        return undefined
      }),
    )
}
