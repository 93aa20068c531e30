import { relative } from 'node:path'
import { CommandError } from '../command-error.ts'
import { reasonOf } from '../config/load-config.ts'
import { loadModule } from '../config/load-module.ts'
import { exitCode } from '../exit-code.ts'

/** Imports modules that start workers, into this process. Throws a CommandError that names the module which fails. */
export async function runModules(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      await loadModule(path)
    } catch (error) {
      if (error instanceof CommandError) throw error
      const shown = relative(process.cwd(), path) || path
      throw new CommandError(exitCode.failed, `${shown} failed to start: ${reasonOf(error)}`, {
        cause: error,
      })
    }
  }
}
