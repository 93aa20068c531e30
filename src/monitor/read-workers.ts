import { dateIn, numberIn, readFields, textIn } from './read-fields.ts'
import type { JobSources } from './read-job.ts'

/** A job that runs. */
export interface RunningJob {
  readonly id: string
  readonly name: string
  readonly startedAt: Date | undefined
  readonly attempt: number
}

/** A worker that is connected. */
export interface WorkerInfo {
  /** Its `name`: by default the host's, the process' and a number. */
  readonly name: string | undefined
  /** Where it connects from. */
  readonly address: string
  readonly connectedSince: Date
  readonly jobs: readonly RunningJob[]
}

/** The workers of a queue, and the jobs that run. */
export interface Workers {
  readonly workers: readonly WorkerInfo[]
  /**
   * Jobs that run at none of these: at a worker without a name, or at one that is gone, which others will take up when its lock
   * is over.
   */
  readonly elsewhere: readonly RunningJob[]
}

const names = ['name', 'processedOn', 'atm', 'pb'] as const
const mostActive = 1_000
const longestName = 1_000

export async function readWorkers({ queue, connection }: JobSources): Promise<Workers> {
  const [clients, ids] = await Promise.all([
    queue.getWorkers(),
    connection.client.lrange(queue.toKey('active'), 0, mostActive - 1),
  ])
  const jobsOf = new Map<string | undefined, RunningJob[]>()
  const read = await readFields(
    connection,
    ids.map((id) => queue.toKey(id)),
    names,
    longestName,
  )
  for (const [at, fields] of read.entries()) {
    if (!fields) continue
    const job = {
      id: ids[at] ?? '',
      name: textIn(fields.name) ?? '',
      startedAt: dateIn(fields.processedOn),
      attempt: (numberIn(fields.atm) ?? 0) + 1,
    }
    const worker = textIn(fields.pb)
    const others = jobsOf.get(worker)
    if (others) others.push(job)
    else jobsOf.set(worker, [job])
  }
  const now = Date.now()
  const prefix = queue.backend.clientName(':w:')
  const workers = clients
    // Servers that list no clients have BullMQ name one that is none.
    .filter(({ addr }) => addr !== undefined)
    .map(({ addr = '', age = '0', rawname = '' }): WorkerInfo => {
      const name = rawname.startsWith(prefix) ? rawname.slice(prefix.length) : undefined
      const jobs = name === undefined ? [] : (jobsOf.get(name) ?? [])
      if (name !== undefined) jobsOf.delete(name)
      return { name, address: addr, connectedSince: new Date(now - Number(age) * 1_000), jobs }
    })
    .sort((one, other) => (one.name ?? '').localeCompare(other.name ?? ''))
  return { workers, elsewhere: [...jobsOf.values()].flat() }
}
