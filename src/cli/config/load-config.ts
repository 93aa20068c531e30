import { relative } from 'node:path'
import { type BrineConfig, defineConfig } from '../../config/define-config.ts'
import { CommandError, describeFailure } from '../command-error.ts'
import { exitCode } from '../exit-code.ts'
import { loadModule } from './load-module.ts'

/** The configuration of a file, checked. Throws a CommandError that names the file. */
export async function loadConfig(path: string): Promise<BrineConfig> {
  const shown = relative(process.cwd(), path) || path
  let loaded: Record<string, unknown>
  try {
    loaded = await loadModule(path)
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(exitCode.usage, `${shown} could not be loaded: ${reasonOf(error)}`, { cause: error })
  }
  // A module of CommonJS stands under `default` once more.
  const { default: first } = loaded
  const config = isRecord(first) && !('queues' in first) && 'default' in first ? first['default'] : first
  if (!isRecord(config)) {
    throw new CommandError(exitCode.usage, `${shown} has no default export: export default defineConfig({ … })`)
  }
  try {
    return defineConfig(config as { queues: BrineConfig['queues'] })
  } catch (error) {
    throw new CommandError(exitCode.usage, `${shown}: ${describeFailure(error).message}`, { cause: error })
  }
}

/** Why a module cannot be loaded, on one line. What compiles TypeScript tells how often it failed first, and then where and why. */
export function reasonOf(error: unknown): string {
  const [, where] = error instanceof Error ? (/^Transform failed with .+:\n(.+)/.exec(error.message) ?? []) : []
  return where ?? describeFailure(error).message
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
