import { CommanderError } from 'commander'
import { exitCode } from './exit-code.ts'
import { createProgram } from './program.ts'
import { openTerminal } from './terminal/terminal.ts'

/** `brine ARGS`: when it has run, `process.exitCode` says how it ended. */
export async function runProgram(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Commander has told people what it is; asking for help is no error.
    process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.usage
    const message = error.message.replace(/^error: /, '')
    if (error.exitCode !== 0 && args.includes('--json')) openTerminal().json({ error: { message } })
  }
}
