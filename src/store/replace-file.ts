import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'

/** Puts a text in the place of a file, or of none: whole or not at all, and with the mode that the file had. */
export async function replaceFile(path: string, text: string): Promise<void> {
  // A link stays a link: its target is what is written.
  const target = await realpath(path).catch(() => path)
  const old = await stat(target).catch(() => undefined)
  // A device or a pipe would be gone, and a file in its place.
  if (old?.isFile() === false) throw Object.assign(new Error('it is no regular file'), { code: 'EINVAL' })
  const mode = old && old.mode & 0o777
  // In the same folder, since a rename is atomic only within one file system.
  const draft = `${target}.${randomUUID()}.tmp`
  try {
    const file = await open(draft, 'wx')
    try {
      if (mode !== undefined) await file.chmod(mode)
      await file.writeFile(text)
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
