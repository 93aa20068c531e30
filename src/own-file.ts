import { existsSync } from 'node:fs'

/**
 * Finds a file of this package by its path from this one, without extension; undefined where a bundler took the code away from its files.
 * Call it where the file is used and never at import: what a program does not use must not keep it from starting.
 */
export function findOwnFile(path: string): URL | undefined {
  // Undefined in a CommonJS bundle, and the path on the build machine in webpack's. Read alone: bundlers take `new URL(path,
  // import.meta.url)` for a file that they must copy.
  const own: unknown = import.meta.url
  if (typeof own !== 'string' || !own.startsWith('file:')) return undefined
  const file = new URL(`./${path}.${own.endsWith('.ts') ? 'ts' : 'js'}`, own)
  return existsSync(file) ? file : undefined
}
