import type { Command } from 'commander'
import { checkLock } from '../compatibility/check-lock.ts'
import { emptyLock } from '../compatibility/lock.ts'
import { defineProject } from '../compatibility/project.ts'
import { retireFromLock } from '../compatibility/retire-from-lock.ts'
import { updateLock } from '../compatibility/update-lock.ts'
import { runCheckLive } from './check/live.ts'
import { lockPath, readLock, saveLock } from './check/lock-file.ts'
import { printReport } from './check/print-report.ts'
import { CommandError } from './command-error.ts'
import { exitCode } from './exit-code.ts'
import { inSession } from './in-session.ts'
import { parseCount } from './terminal/duration.ts'

interface CheckOptions {
  lock?: string
  update?: boolean
  retire?: string[]
  live?: boolean
  sample?: number
  queue?: string
}

/** `brine check`: whether this build reads what every released one has stored, or, with `--live`, what is in Redis now. */
export function addCheck(program: Command): void {
  program
    .command('check')
    .description(
      'whether this build reads what released ones have stored, without a Redis, or what is in one (docs/evolution.md)',
    )
    .option('--lock <file>', 'what was released; default: brine.lock.json beside the configuration')
    .option('--update', 'write what is released now into it, when all is safe; to be committed')
    .option('--retire <entry>', 'with --update: forget person, person@1, people/greet or people/greet@1', collect)
    .option('--live', 'whether it would run every job that is in Redis now; changes nothing there')
    .option('--sample <count>', 'with --live: about so many jobs of each queue, of millions', parseCount(1))
    .option('-q, --queue <name>', 'with --live: the queue; default: all')
    .action(
      inSession<CheckOptions>(async (session, { lock: named, update = false, retire = [], live, sample, queue }) => {
        if (live) {
          if (update || named !== undefined)
            throw new CommandError(exitCode.usage, '--live looks at Redis, and at no lock')
          return runCheckLive(session, { queue, sample })
        }
        if (sample !== undefined || queue !== undefined) {
          throw new CommandError(exitCode.usage, '--sample and --queue go with --live')
        }
        if (retire.length > 0 && !update) {
          throw new CommandError(exitCode.usage, '--retire changes the lock: give --update, too')
        }
        const config = await session.config()
        const path = lockPath(config.path, named)
        const found = await readLock(path)
        if (!found && !update) {
          const remedy = 'write it with brine check --update, and commit it'
          throw new CommandError(exitCode.usage, `there is no ${path}, which says what was released: ${remedy}`)
        }
        const project = defineProject(config)
        const lock = retire.reduce(retireFromLock, found ?? emptyLock)
        const report = await checkLock(lock, project)
        const updated = update && report.safe
        if (updated) await saveLock(path, await updateLock(lock, project))
        if (session.json) session.terminal.json({ ...report, lock: path, updated })
        else printReport(session.terminal, report, { path, update })
        return report.safe ? exitCode.done : exitCode.failed
      }),
    )
}

function collect(value: string, others: string[] = []): string[] {
  return [...others, value]
}
