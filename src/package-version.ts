import { readFileSync } from 'node:fs'
import { findOwnFile } from './own-file.ts'

/** The version of this package; undefined where it was bundled away from its package.json. */
export function readPackageVersion(): string | undefined {
  const index = findOwnFile('index')
  if (!index) return undefined
  try {
    // Both `src` and `dist` are beside it. A bundle can be beside the package.json of an app.
    const { name, version }: Record<string, unknown> = JSON.parse(
      readFileSync(new URL('../package.json', index), 'utf8'),
    )
    return name === 'brinemq' && typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}
