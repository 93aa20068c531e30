import { createRequire } from 'node:module'

/** The version of this package; undefined where it was bundled away from its package.json. */
export const packageVersion: string | undefined = read()

function read(): string | undefined {
  try {
    // It stands beside `src` and `dist` alike.
    const { version } = createRequire(import.meta.url)('../../../package.json') as { version?: unknown }
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}
