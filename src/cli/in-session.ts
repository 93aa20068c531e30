import type { Command } from 'commander'
import { describeFailure } from './command-error.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { type GlobalOptions, openSession, type Session } from './session.ts'
import { printable } from './terminal/printable.ts'

/**
 * The action of a command: opens a session for it, closes it, and sets the exit code, which is 0 unless `work` gives another or
 * throws. `work` gets the session, all options, and then the arguments.
 */
export function inSession<Options extends object, Given extends readonly unknown[] = []>(
  work: (session: Session, options: Options, ...given: Given) => Promise<number | undefined>,
): (...given: [...Given, Options, Command]) => Promise<void> {
  return async (...given) => {
    const [command] = given.slice(-1) as [Command]
    const options = command.optsWithGlobals<Options & GlobalOptions>()
    const session = openSession(options)
    try {
      const positional: readonly unknown[] = given.slice(0, -2)
      process.exitCode = (await work(session, options, ...(positional as Given))) ?? exitCode.done
    } catch (error) {
      process.exitCode = tell(error, session, options)
    } finally {
      await session.close()
    }
  }
}

function tell(error: unknown, { terminal, json }: Session, { debug }: GlobalOptions): ExitCode {
  const { exit, code, message } = describeFailure(error)
  if (json) terminal.json({ error: { ...(code !== undefined && { code }), message } })
  terminal.say(`${terminal.style.red('error')} ${message}`)
  if (debug) console.error(printable(error instanceof Error ? (error.stack ?? '') : String(error)))
  return exit
}
