import type { Stats } from 'node:fs'

/** A pipe, a device, a socket or a folder, where a regular file is expected. */
export class IrregularFile extends Error {
  static refuse(found: Stats): void {
    if (!found.isFile()) throw new IrregularFile('it is not a regular file')
  }
}
