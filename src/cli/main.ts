#!/usr/bin/env node
import { CommanderError } from 'commander'
import { exitCode } from './exit-code.ts'
import { createProgram } from './program.ts'

// Whoever reads along may have seen enough: `brine jobs | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode.done)
  throw error
})

try {
  await createProgram().parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // Commander has said what it is; asking for help is no error.
  process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.usage
}
