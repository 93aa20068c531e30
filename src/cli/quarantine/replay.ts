import type { Command } from 'commander'
import { exitCode } from '../exit-code.ts'
import { inSession } from '../in-session.ts'
import { type ChoosingOptions, choose } from './entries.ts'

interface Options extends ChoosingOptions {
  dryRun?: boolean
  passing?: boolean
}

/** `brine quarantine replay`: puts jobs back into their queue. */
export function addReplay(quarantine: Command, choosing: (command: Command) => Command): void {
  choosing(quarantine.command('replay [ids...]').description('put jobs back into their queue, as they were'))
    .option('--all', 'all that are there')
    .option('--dry-run', 'only tell how many would pass with the code that is here')
    .option('--passing', 'only those that would pass with the code that is here')
    .action(
      inSession<Options, [string[]]>(async (session, options, ids) => {
        const { terminal } = session
        const { dryRun = false, passing = false } = options
        const chosen = await choose(session, ids, options)
        const told = []
        for (const { contract, quarantine: one, which } of chosen) {
          told.push({ queue: contract.name, ...(await one.replay(which, { dryRun, passing })) })
        }
        if (session.json) terminal.json(told)
        else {
          if (told.length === 0) terminal.print('no entries match, nothing to replay')
          for (const { queue, replayed, passed } of told) {
            terminal.print(dryRun ? `${passed} of ${queue} would pass` : `replayed ${replayed} of ${queue}`)
          }
          const refused = told.flatMap(({ queue, refused: groups }) => groups.map((group) => ({ queue, ...group })))
          if (refused.length > 0) {
            terminal.print(dryRun ? 'would be refused again:' : 'stay, since they would be refused again:')
            terminal.table(
              ['queue', 'jobs', 'code', 'job', 'path', { title: 'such as', most: 60 }],
              refused.map(({ queue, count, code, job, path, reason }) => [queue, count, code, job, path, reason]),
            )
          }
          for (const { queue, existing } of told) {
            if (existing.length === 0) continue
            terminal.say(
              `stay, since jobs of their ids are in ${queue} again: ${existing.join(', ')}; discard one of the two`,
            )
          }
        }
        const well = told.every(({ refused, existing }) => refused.length === 0 && existing.length === 0)
        return well ? exitCode.done : exitCode.failed
      }),
    )
}
