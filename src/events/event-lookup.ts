import { readBoundedFields } from '../bullmq/bounded-read.ts'
import { errorField } from '../bullmq/job-fields.ts'
import type { Connection } from '../connection/connection.ts'
import { isPassing, isReply } from '../connection/redis-errors.ts'

/** An entry of a queue's events stream, its fields by their names. */
export interface Entry {
  readonly position: string
  readonly fields: Readonly<Record<string, string>>
}

/** What entries of the stream leave out of the jobs that they speak of. */
export interface EventLookup {
  /** Asks for what a page of entries leaves out, in one round trip. */
  prepare(page: readonly Entry[]): Promise<void>
  nameOf(jobId: string): string | undefined
  /** The encoded error of a job, as it was announced before its end, or stands in its hash. */
  errorOf(jobId: string): string | undefined
  /** An error that stands before the end of a job whose hash goes with it: see bullmq.ts and cancel-job.ts. */
  announce(jobId: string, encoded: string): void
  /** The job has ended, as far as its error goes. */
  forget(jobId: string): void
}

// Of jobs of which more may be told. What was dropped is looked up again.
const mostNames = 10_000
const mostErrors = 1_000

export function createEventLookup(
  { client }: Connection,
  toKey: (jobId: string) => string,
  mostBytes: number,
): EventLookup {
  const names = new Map<string, string>()
  const announced = new Map<string, string>()
  let stored = new Map<string, string>()

  async function ask(jobId: string): Promise<void> {
    try {
      const [name, error] = await readBoundedFields(client, toKey(jobId), ['name', errorField], mostBytes)
      if (name) keep(names, jobId, name, mostNames)
      if (error) stored.set(jobId, error)
    } catch (error) {
      // Somebody else's key. What its events tell stands.
      if (!isReply(error) || isPassing(error)) throw error
    }
  }

  return {
    async prepare(page) {
      stored = new Map()
      const wanted = new Set<string>()
      for (const { fields } of page) {
        const { event, jobId, name } = fields
        if (jobId === undefined) continue
        if (event === 'added' && name !== undefined) keep(names, jobId, name, mostNames)
        else if (event === 'failed' || !names.has(jobId)) wanted.add(jobId)
      }
      await Promise.all([...wanted].map(ask))
    },
    nameOf: (jobId) => names.get(jobId),
    errorOf: (jobId) => announced.get(jobId) ?? stored.get(jobId),
    announce: (jobId, encoded) => keep(announced, jobId, encoded, mostErrors),
    forget: (jobId) => void announced.delete(jobId),
  }
}

function keep(map: Map<string, string>, jobId: string, value: string, most: number): void {
  map.delete(jobId)
  map.set(jobId, value)
  if (map.size <= most) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
