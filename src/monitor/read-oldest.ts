import type { JobState } from '../job/inspect-job.ts'
import { readTime } from '../read-time.ts'
import { numberIn, readFields, textIn } from './read-fields.ts'
import type { JobSources } from './read-job.ts'

/** The job that waits longest for a worker. */
export interface OldestWaiting {
  readonly id: string
  readonly name: string
  readonly state: JobState
  /** Since when it could have been taken. */
  readonly since: Date
  /** Whether all that wait were looked at: of many, those at both ends. */
  readonly exact: boolean
}

const mostAtEnd = 500
const longestName = 1_000
const longestNumber = 100

/** Among those that wait and those with a priority; delayed ones are not late before they are due. */
export async function readOldest({ queue, connection }: JobSources): Promise<OldestWaiting | undefined> {
  const { client } = connection
  const wait = queue.toKey('wait')
  const prioritized = queue.toKey('prioritized')
  const [first, last, high, low, waiting, withPriority] = await Promise.all([
    client.lrange(wait, 0, mostAtEnd - 1),
    client.lrange(wait, -mostAtEnd, -1),
    client.zrange(prioritized, '0', `${mostAtEnd - 1}`),
    client.zrange(prioritized, `${-mostAtEnd}`, '-1'),
    client.llen(wait),
    client.zcard(prioritized),
  ])
  const found = new Map<string, JobState>()
  for (const id of [...first, ...last]) found.set(id, 'waiting')
  for (const id of [...high, ...low]) found.set(id, 'prioritized')
  const ids = [...found.keys()]
  const read = await readFields(
    connection,
    ids.map((id) => queue.toKey(id)),
    ['timestamp', 'delay'],
    longestNumber,
  )
  const exact = ids.length >= waiting + withPriority
  let oldest: { id: string; since: Date } | undefined
  for (const [at, fields] of read.entries()) {
    const enqueued = numberIn(fields?.timestamp)
    const id = ids[at]
    if (!fields || enqueued === undefined || id === undefined) continue
    const since = readTime(enqueued + (numberIn(fields.delay) ?? 0))
    if (since && (oldest === undefined || since < oldest.since)) oldest = { id, since }
  }
  if (!oldest) return undefined
  const { id, since } = oldest
  const [named] = await readFields(connection, [queue.toKey(id)], ['name'], longestName)
  return { id, name: textIn(named?.name) ?? '', state: found.get(id) ?? 'waiting', since, exact }
}
