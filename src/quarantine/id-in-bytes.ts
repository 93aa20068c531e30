import { notUtf8 } from '../bullmq/job-id.ts'
import type { Place } from '../bullmq/quarantine-keys.ts'
import type { Connection } from '../connection/connection.ts'

/** The id of a job as Redis has it: a text, or the bytes of one that is no UTF-8. */
export type Id = string | Buffer

/** The id that these bytes are. */
export function idOf(bytes: Buffer): Id {
  const text = bytes.toString()
  return text.includes(notUtf8) ? bytes : text
}

/** The key of a job, or of what hangs on it. */
export function keyAt(base: string, id: Id, behind = ''): Id {
  return typeof id === 'string' ? base + id + behind : Buffer.concat([Buffer.from(base), id, Buffer.from(behind)])
}

/**
 * The id of a job that BullMQ took under `token`: it reads ids as UTF-8, and of one that is none it tells a text under which there is
 * nothing.
 */
export async function idInBytes({ client }: Connection, { of, base }: Place, read: string, token: string): Promise<Id> {
  if (!read.includes(notUtf8)) return read
  for (const bytes of await client.lrangeBuffer(String(of['active']), 0, -1)) {
    if (bytes.toString() === read && (await client.get(keyAt(base, bytes, ':lock'))) === token) return bytes
  }
  return read
}
