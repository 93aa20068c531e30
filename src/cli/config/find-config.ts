import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CommandError } from '../command-error.ts'
import { exitCode } from '../exit-code.ts'
import { refuseForeign } from './refuse-foreign.ts'

const names = ['brine.config.ts', 'brine.config.mts', 'brine.config.js', 'brine.config.mjs']

/** The project's configuration: the file that was named, or the nearest one from the working directory upwards. */
export function findConfig(named: string | undefined, from: string): string {
  if (named !== undefined) {
    const path = resolve(from, named)
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path
    throw new CommandError(exitCode.usage, `there is no file ${path}: name an existing one with --config`)
  }
  const found = lookForConfig(from)
  if (found !== undefined) return found
  throw new CommandError(
    exitCode.usage,
    'found no brine.config.ts here or above: write one that reads ' +
      '`export default defineConfig({ queues: [yours] })`, or name it with --config',
  )
}

/**
 * The nearest file of a configuration, if there is one, for commands that can do without. Throws a CommandError when it is above the
 * working directory, and another user could have put it there.
 */
export function lookForConfig(from: string, user = process.geteuid?.()): string | undefined {
  const start = resolve(from)
  for (let folder = start; ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path))
    // Whoever runs the command chose the working directory, and nobody chose what is above it.
    if (found !== undefined && folder !== start) refuseForeign(found, user)
    if (found !== undefined || folder === dirname(folder)) return found
  }
}
