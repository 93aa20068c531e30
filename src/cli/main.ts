#!/usr/bin/env node
import { CommanderError } from 'commander'
import { exitCode } from './exit-code.ts'
import { createProgram } from './program.ts'
import { openTerminal } from './terminal/terminal.ts'

// Whoever reads along may have seen enough: `brine jobs | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode.done)
  throw error
})

try {
  await createProgram().parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // Commander has told people what it is; asking for help is no error.
  process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.usage
  const message = error.message.replace(/^error: /, '')
  if (error.exitCode !== 0 && process.argv.includes('--json')) openTerminal().json({ error: { message } })
}
