import type { RedisClient } from 'bullmq'
import { readBoundedFields } from './bounded-read.ts'
import { errorField } from './job-fields.ts'
import { keptField } from './quarantine-keys.ts'
import type { StoredFailure } from './stored-outcome.ts'

/** What is stored of a job in quarantine. */
export interface StoredEntry {
  /** See record.ts. */
  record: string
  /** What its last attempt before it was refused failed with. */
  earlier: StoredFailure | undefined
}

const names = ['data', ...['failedReason', errorField].map((name) => keptField + name)]

/** Reads the entry under a key of the quarantine; undefined for none. Texts over `maxTextBytes` are cut. */
export async function readEntry(
  client: RedisClient,
  key: string,
  maxTextBytes: number,
): Promise<StoredEntry | undefined> {
  const [record, reason, encoded] = await readBoundedFields(client, key, names, maxTextBytes)
  if (!record) return undefined
  return { record, earlier: reason ? { reason, encoded: encoded || undefined } : undefined }
}
