import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { resolveFrom } from '../../resolve-from.ts'
import { CommandError } from '../command-error.ts'
import { exitCode } from '../exit-code.ts'

const typescript = /\.[cm]?tsx?$/

/**
 * Loads a module of the project's. TypeScript is loaded through the project's tsx, for the whole process: what is imported by a
 * loader of its own would be a second copy of every module.
 */
export async function loadModule(path: string): Promise<Record<string, unknown>> {
  if (typescript.test(path)) await registerTsx(path)
  return import(pathToFileURL(path).href)
}

let registered = false

async function registerTsx(path: string): Promise<void> {
  // Also when the command itself was started with `node --import tsx`.
  if (registered || process.execArgv.some((flag) => /\btsx\b/.test(flag))) return
  for (const from of [path, import.meta.url]) {
    // What `require` finds does not depend on conditions; beside it lies what `import` takes.
    const found = ['tsx/cjs/api', 'tsx/esm/api'].flatMap((api) => resolveFrom(from, api) ?? [])
    if (found.length === 0) continue
    for (const api of found) {
      const { register } = (await import(pathToFileURL(api.replace(/\.cjs$/, '.mjs')).href)) as {
        register: () => unknown
      }
      register()
    }
    registered = true
    return
  }
  if (Reflect.get(process.features, 'typescript')) return
  throw new CommandError(
    exitCode.usage,
    `${relative(process.cwd(), path)} is TypeScript, which is loaded with tsx: npm install --save-dev tsx (or write it in JavaScript)`,
  )
}
