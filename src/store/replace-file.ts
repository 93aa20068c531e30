import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { IrregularFile } from './regular-file.ts'

// Files often hold what not everybody on the machine may read. Who wants others to read one says so once, with chmod.
const privateMode = 0o600

/**
 * Replaces a file by a text, whole or not at all. A new file can be read and written by its owner alone; a file that was there keeps its
 * mode, which somebody may have chosen.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  // A link stays a link: its target is what is written.
  const target = await realpath(path).catch(() => path)
  const old = await stat(target).catch(() => undefined)
  // A device or a pipe would be gone, and a file in its place.
  if (old) IrregularFile.refuse(old)
  const mode = old && old.mode & 0o777
  // In the same folder, since a rename is atomic only within one file system.
  const draft = `${target}.${randomUUID()}.tmp`
  try {
    const file = await open(draft, 'wx', privateMode)
    try {
      await file.writeFile(text)
      if (mode !== undefined) await file.chmod(mode)
      // Else a power cut after the rename could leave an empty file under the name of the old one.
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
