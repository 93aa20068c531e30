import type { Command } from 'commander'
import { checkLock } from '../check/check-lock.ts'
import { emptyLock } from '../check/lock.ts'
import { defineProject } from '../check/project.ts'
import { retireFromLock } from '../check/retire-from-lock.ts'
import { updateLock } from '../check/update-lock.ts'
import { lockPath, readLock, saveLock } from './check/lock-file.ts'
import { printReport } from './check/print-report.ts'
import { CommandError } from './command-error.ts'
import { exitCode } from './exit-code.ts'
import { inSession } from './in-session.ts'

interface CheckOptions {
  lock?: string
  update?: boolean
  retire?: string[]
}

/** `brine check`: whether this build reads what every released one has stored. It needs no Redis. */
export function addCheck(program: Command): void {
  program
    .command('check')
    .description('whether this build reads what released ones have stored (docs/evolution.md); needs no Redis')
    .option('--lock <file>', 'what was released; default: brine.lock.json beside the configuration')
    .option('--update', 'write what is released now into it, when all is safe; to be committed')
    .option('--retire <entry>', 'with --update: forget person, person@1, people/greet or people/greet@1', collect)
    .action(
      inSession<CheckOptions>(async (session, { lock: named, update = false, retire = [] }) => {
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
