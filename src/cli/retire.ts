import type { Command } from 'commander'
import { findUses, type UsesReport } from '../compatibility/live/find-uses.ts'
import type { Retirable } from '../compatibility/live/retirable.ts'
import { exitCode } from './exit-code.ts'
import { inSession } from './in-session.ts'
import type { Terminal } from './terminal/terminal.ts'

/** `brine retire`: which versions, aliases, encodings and keys something in Redis still uses. It changes nothing. */
export function addRetire(program: Command): void {
  program
    .command('retire')
    .description('which upcasters, aliases and keys nothing in Redis needs any more (docs/evolution.md)')
    .action(
      inSession<object>(async (session) => {
        const { terminal } = session
        const { queues, stores } = await session.config()
        const report = await findUses(queues, {
          connection: await session.connect(),
          prefixOf: await session.prefixOf(),
          stores,
          progress: (done, of) => terminal.progress(done, of, 'jobs'),
        })
        if (session.json) terminal.json(report)
        else print(terminal, report)
        return report.unread.count === 0 ? exitCode.done : exitCode.failed
      }),
    )
}

function print(terminal: Terminal, { examined, uses, retirable, unread }: UsesReport): void {
  if (uses.length > 0) {
    terminal.table(
      ['in use', 'queue', 'name', 'version', 'by', 'such as'],
      uses.map(({ kind, queue, name, version, count, example }) => [kind, queue, name, version, count, example]),
    )
    terminal.print()
  }
  if (retirable.length > 0) {
    terminal.table(
      ['in the code', 'of', 'needed by', 'such as', 'may go'],
      retirable.map((one) => [wordOf(one), one.of, one.uses, one.example, one.uses === 0 ? 'yes' : 'no']),
    )
    terminal.print()
  }
  const free = retirable.filter(({ uses: needed }) => needed === 0).length
  terminal.print(`${examined} jobs and keys looked through: ${free} of ${retirable.length} may go`)
  if (unread.count === 0) return
  terminal.say(
    `the models of ${unread.count} could not be told, such as ${unread.example}: leave the upcasters and aliases of models as they are`,
  )
}

function wordOf({ what, which }: Retirable): string {
  if (what === 'upcast') return `upcast ${which}`
  if (what === 'accept') return `accept: '${which}'`
  return `${what} ${which}`
}
