import { isJobId, notUtf8 } from './job-id.ts'

/** Bytes of the longest key of a job that BrineMQ follows. An id has at most 1,000; the rest are the prefix and the queue. */
export const longestKey = 4_096

// `<prefix>:<queue>:<id>`. A prefix may contain colons.
const jobKey = /^.*:[^:]+:([^:]+)$/s

/** Whether a key can be that of a job. Anyone who can write to Redis can list any text among the children of a job. */
export function isJobKey(key: string): boolean {
  if (key.length > longestKey || key.includes(notUtf8)) return false
  const [, id] = jobKey.exec(key) ?? []
  return id !== undefined && isJobId(id)
}
