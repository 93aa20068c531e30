import type { JobSources } from './read-job.ts'

/** How many jobs ended in the last minutes. */
export interface Throughput {
  /** In all. */
  readonly completed: number
  readonly failed: number
  readonly minutes: number
  /** How many completed in each minute, the newest first; the first is the one that has not ended. */
  readonly completedByMinute: readonly number[]
  readonly failedByMinute: readonly number[]
  /**
   * `metrics` when workers collect BullMQ's (their `metrics` option), which count every job; else `kept`: the jobs that ended
   * and that Redis keeps (`removeOnComplete`, `removeOnFail`).
   */
  readonly source: 'metrics' | 'kept'
}

const minuteMs = 60_000

export async function readThroughput({ queue, connection }: JobSources, minutes: number): Promise<Throughput> {
  const { client } = connection
  const now = Date.now()
  const thisMinute = Math.floor(now / minuteMs)
  let collected = false

  async function byMinute(state: 'completed' | 'failed'): Promise<number[]> {
    const { meta, data } = await queue.getMetrics(state, 0, minutes)
    if (meta.prevTS > 0) {
      collected = true
      // Points stand back from the minute in which a job ended last; what ended since is counted and has no point yet.
      const since = thisMinute - Math.floor(meta.prevTS / minuteMs)
      const idle = Array<number>(Math.min(Math.max(0, since), minutes)).fill(0)
      return pad([...idle, meta.count - meta.prevCount, ...data], minutes)
    }
    const counts = Array.from({ length: minutes }, (_, ago) => {
      const from = (thisMinute - ago) * minuteMs
      return client.zcount(queue.toKey(state), from, from + minuteMs - 1)
    })
    return Promise.all(counts)
  }

  const [completed, failed] = await Promise.all([byMinute('completed'), byMinute('failed')])
  return {
    completed: sum(completed),
    failed: sum(failed),
    minutes,
    completedByMinute: completed,
    failedByMinute: failed,
    source: collected ? 'metrics' : 'kept',
  }
}

function pad(points: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, at) => {
    const count = points[at] ?? 0
    // Anybody may have written it.
    return Number.isFinite(count) ? count : 0
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
