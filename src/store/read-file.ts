import { constants, open } from 'node:fs/promises'
import { IrregularFile } from './regular-file.ts'

/** A file that is larger than its reader allows. */
export class OversizedFile extends Error {
  readonly bytes: number

  constructor(bytes: number) {
    super('it is too large')
    this.bytes = bytes
  }
}

/**
 * The bytes of a regular file, at most `maxBytes`. It measures the file before it loads it. The handle is what is measured and read, so
 * nobody can put another file in its place in between; a file that grows meanwhile is refused too.
 */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  // Opening a pipe would otherwise wait until somebody writes to it. Windows has no such flag.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = await file.stat()
    IrregularFile.refuse(found)
    if (found.size > maxBytes) throw new OversizedFile(found.size)
    const chunks: Buffer[] = []
    let bytes = 0
    // One byte more than allowed is enough to see that there is too much.
    for await (const chunk of file.createReadStream({ start: 0, end: maxBytes, autoClose: false })) {
      chunks.push(chunk)
      bytes += chunk.length
    }
    if (bytes > maxBytes) throw new OversizedFile(bytes)
    return Buffer.concat(chunks)
  } finally {
    await file.close()
  }
}
