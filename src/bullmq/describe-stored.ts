import type { Job } from 'bullmq'
import { sized } from '../notation/redact-inspect.ts'
import { EncodedText } from './encoded-text.ts'

/** What `console.log` prints of a job: all but what it carries, of which it prints the sizes. */
export function describeStored(job: Job<unknown, unknown, string>): Record<string, unknown> {
  const { id, name, queueName, attemptsMade, timestamp, processedOn, finishedOn, failedReason } = job
  const facts = { id, name, queueName, attemptsMade, timestamp, processedOn, finishedOn, failedReason }
  const carried = { data: sizeOf(job.data), returnvalue: sizeOf(job.returnvalue), progress: sizeOf(job.progress) }
  return Object.fromEntries(Object.entries({ ...facts, ...carried }).filter(([, value]) => value !== undefined))
}

// BullMQ's own word for no progress, and for no result.
const none: ReadonlySet<unknown> = new Set([undefined, null, 0])

function sizeOf(stored: unknown): unknown {
  if (none.has(stored)) return undefined
  return sized(stored instanceof EncodedText ? stored.text : (JSON.stringify(stored) ?? ''))
}
