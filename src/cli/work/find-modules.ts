import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { CommandError } from '../command-error.ts'
import { exitCode } from '../exit-code.ts'

/**
 * The modules of paths and globs, relative to a folder, each once and in the order of their names for each glob. Globs have `*` and
 * `?` within a name, and `**` for any folders. Throws a CommandError for one that names nothing.
 */
export async function findModules(patterns: readonly string[], folder: string): Promise<string[]> {
  const found = new Set<string>()
  for (const pattern of patterns) {
    const matching = /[*?]/.test(pattern) ? await matches(pattern, folder) : named(pattern, folder)
    if (matching.length === 0) {
      throw new CommandError(exitCode.usage, `there is no module '${pattern}' in ${folder}: mend workers, or the path`)
    }
    for (const path of matching) found.add(path)
  }
  return [...found]
}

function named(path: string, folder: string): string[] {
  const full = resolve(folder, path)
  return existsSync(full) && statSync(full).isFile() ? [full] : []
}

async function matches(pattern: string, folder: string): Promise<string[]> {
  const parts = pattern.replace(/^\.\//, '').split('/')
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => /[*?]/.test(part)),
  )
  const base = resolve(folder, pattern.startsWith('/') ? '/' : '', ...fixed)
  const expression = expressionOf(parts.slice(fixed.length))
  const entries = await readdir(base, { recursive: parts.length - fixed.length > 1, withFileTypes: true }).catch(
    () => [],
  )
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => resolve(entry.parentPath, entry.name))
    .filter((path) => {
      const inside = relative(base, path).split(sep)
      return expression.test(inside.join('/')) && !inside.includes('node_modules')
    })
    .sort()
}

function expressionOf(parts: readonly string[]): RegExp {
  const source = parts.map((part, at) => {
    const last = at === parts.length - 1
    if (part === '**') return last ? '.+' : '(?:[^/]+/)*'
    const name = part
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')
    return last ? name : `${name}/`
  })
  return new RegExp(`^${source.join('')}$`)
}
