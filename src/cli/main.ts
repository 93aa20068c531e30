#!/usr/bin/env node
import { exitCode } from './exit-code.ts'
import { runProgram } from './run-program.ts'

// Whoever reads along may have seen enough: `brine jobs | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // What a command has found is not lost with it.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitCode.done)
  throw error
})

await runProgram(process.argv.slice(2))
