import { execFile } from 'node:child_process'
import { cp, mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const execute = promisify(execFile)

/** Compiles the package into `project`/node_modules, beside links to ours, and gives its folder. Nobody's `dist` changes. */
export async function installBuilt(project: string, packages: readonly string[]): Promise<string> {
  const modules = join(project, 'node_modules')
  const brinemq = join(modules, 'brinemq')
  await mkdir(brinemq, { recursive: true })
  await cp(join(root, 'package.json'), join(brinemq, 'package.json'))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(brinemq, 'dist'), '--declaration', 'false']
  await execute(process.execPath, [tsc, ...options])
  for (const name of packages) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(root, 'node_modules', name), join(modules, name), 'junction')
  }
  return brinemq
}
