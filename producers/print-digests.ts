import { relative } from 'node:path'
import type { Digest } from '../jobs/digest.ts'

export interface Digested {
  digest: Digest
  /** The worker's process. */
  by: number
}

/** Prints a table that sums up what came back of the files under `folder`. */
export function printDigests(folder: string, results: readonly Digested[], seconds: number): void {
  const digests = results.map(({ digest }) => digest)
  const bytes = digests.reduce((sum, { size }) => sum + size, 0n)
  const latest = digests.reduce<Digest | undefined>((a, b) => (a && a.modifiedAt >= b.modifiedAt ? a : b), undefined)
  const share = new Map<number, number>()
  for (const { by } of results) share.set(by, (share.get(by) ?? 0) + 1)
  const rows: [name: string, value: string][] = [
    ['files', digests.length.toLocaleString('en')],
    ['bytes', bytes.toLocaleString('en')],
    ...[...share].map(([by, files]): [string, string] => [`by worker ${by}`, files.toLocaleString('en')]),
    ['files a second', seconds > 0 ? Math.round(digests.length / seconds).toLocaleString('en') : '0'],
  ]
  if (latest) {
    rows.push(['last changed', printable(relative(folder, latest.path) || latest.path)])
    rows.push(['at', latest.modifiedAt.toISOString()], ['its SHA-256', latest.hex])
  }
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, value] of rows) console.log(`  ${name.padEnd(width)}  ${value}`)
}

/** A path as it may stand in a line of a terminal: names of files may hold line breaks and escape sequences. */
export function printable(path: string | undefined): string {
  return path === undefined || /[\p{C}]/u.test(path) ? JSON.stringify(path ?? '') : path
}
