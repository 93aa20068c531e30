import type { RedisClient } from 'bullmq'
import { readBoundedFields } from '../bullmq/bounded-read.ts'
import { errorField } from '../bullmq/retrying-backend.ts'
import type { StoredFailure } from '../bullmq/stored-outcome.ts'
import { keptField } from './place.ts'

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
