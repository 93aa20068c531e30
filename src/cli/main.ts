#!/usr/bin/env node
import { exitCode } from './exit-code.ts'
import { runProgram } from './run-program.ts'

// Whoever reads along may have seen enough: `brine jobs | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode.done)
  throw error
})

await runProgram(process.argv.slice(2))
