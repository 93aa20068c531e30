import { type Spread, spreadOf } from './percentiles.ts'
import { dateIn, numberIn, readFields, textIn } from './read-fields.ts'
import type { JobSources } from './read-job.ts'

/**
 * How long jobs waited and ran: of the jobs that ended last, as far as Redis keeps them (`removeOnComplete`, `removeOnFail`).
 * Of each its last attempt counts, and the waiting of those that had only one.
 */
export interface Times {
  /** How many jobs are counted, and when the first and the last of them ended. */
  readonly jobs: number
  readonly from: Date | undefined
  readonly to: Date | undefined
  /** From when it was due to when it was taken; undefined of no jobs. */
  readonly waitMs: Spread | undefined
  readonly runMs: Spread | undefined
  /** The same by the job's name. */
  readonly byJob: ReadonlyMap<string, { jobs: number; waitMs: Spread | undefined; runMs: Spread | undefined }>
}

const names = ['name', 'timestamp', 'delay', 'processedOn', 'finishedOn', 'ats'] as const
const longestName = 1_000

export async function readTimes({ queue, connection }: JobSources, last: number): Promise<Times> {
  const ids = await Promise.all(
    (['completed', 'failed'] as const).map((state) => connection.client.zrevrange(queue.toKey(state), 0, last - 1)),
  )
  const keys = ids.flat().map((id) => queue.toKey(id))
  const samples = (await readFields(connection, keys, names, longestName)).flatMap((fields) => {
    if (!fields) return []
    const times = [fields.timestamp, fields.processedOn, fields.finishedOn].map(dateIn)
    const [due, taken, ended] = times.map((at) => at?.getTime())
    if (due === undefined || taken === undefined || ended === undefined) return []
    // With an earlier attempt, what it waited for is not to be told from what that one took.
    const waited =
      (numberIn(fields.ats) ?? 1) > 1 ? undefined : Math.max(0, taken - due - (numberIn(fields.delay) ?? 0))
    return [{ name: textIn(fields.name) ?? '', waited, ran: Math.max(0, ended - taken), ended }]
  })
  const recent = samples.sort((one, other) => other.ended - one.ended).slice(0, last)
  const dateOf = (sample: { ended: number } | undefined) => sample && new Date(sample.ended)
  return {
    from: dateOf(recent.at(-1)),
    to: dateOf(recent[0]),
    ...spreads(recent),
    byJob: new Map([...byName(recent)].map(([name, samples]) => [name, spreads(samples)])),
  }
}

interface Sample {
  name: string
  waited: number | undefined
  ran: number
}

function byName(samples: readonly Sample[]): Map<string, Sample[]> {
  const named = new Map<string, Sample[]>()
  for (const sample of samples) {
    const others = named.get(sample.name)
    if (others) others.push(sample)
    else named.set(sample.name, [sample])
  }
  return named
}

function spreads(samples: readonly Sample[]) {
  return {
    jobs: samples.length,
    waitMs: spreadOf(samples.map(({ waited }) => waited).filter((waited) => waited !== undefined)),
    runMs: spreadOf(samples.map(({ ran }) => ran)),
  }
}
