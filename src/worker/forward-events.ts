import { StoredJob } from '../bullmq/stored-job.ts'
import type { StoredWorker } from '../bullmq/stored-worker.ts'
import type { Connection } from '../connection/connection.ts'
import type { Tell } from './attempt-events.ts'

/** Tells of what BullMQ's worker has stored, and of its connection. What it gives ends that. */
export function forwardEvents(worker: StoredWorker, { client }: Connection, tell: Tell): () => void {
  worker.on('completed', (job) => {
    if (job instanceof StoredJob) tell.ended(job)
  })
  worker.on('failed', (job, error) => {
    if (job instanceof StoredJob) tell.ended(job, error)
  })
  const connected = () => tell({ type: 'connected', queue: worker.name })
  client.on('ready', connected)
  return () => void client.off('ready', connected)
}
