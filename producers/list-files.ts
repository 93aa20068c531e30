import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Every regular file at or under `path`, in order of their names; folders named in `skipped` are left out. */
export async function listFiles(path: string, skipped: readonly string[] = []): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path]
  const found: string[] = []
  const entries = await readdir(path, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const at = join(path, entry.name)
    if (entry.isFile()) found.push(at)
    else if (entry.isDirectory() && !skipped.includes(entry.name)) found.push(...(await listFiles(at, skipped)))
  }
  return found
}
