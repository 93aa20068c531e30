import type { BrineErrorCode } from '../../errors.ts'
import type { PlaceOfJobs } from './job-sets.ts'

/** Jobs that this build would refuse with the same. */
export interface LiveGroup {
  readonly code: BrineErrorCode
  /** Without the positions in lists, in which jobs differ. */
  readonly path: string | undefined
  /** The name under which they are stored. */
  readonly job: string
  /** Of the job, as their texts say. */
  readonly version: number | undefined
  readonly count: number
  /** What one of them would be refused with. */
  readonly reason: string
  /** The first ones, at most ten. Of a schedule its id. */
  readonly ids: readonly string[]
}

/** What one job would be refused with. */
export type LiveRefusal = Omit<LiveGroup, 'count' | 'ids'>

/** `deduplicated`: what is to be enqueued once the job has ended that holds its deduplication. */
export type PlaceInReport = PlaceOfJobs | 'deduplicated'

export interface LivePlace {
  /** How many were there when it was looked. */
  readonly jobs: number
  readonly examined: number
  readonly wouldFail: number
}

export interface LiveQueue {
  readonly queue: string
  readonly examined: number
  readonly wouldFail: number
  /** The places that are not empty. */
  readonly places: Partial<Readonly<Record<PlaceInReport, LivePlace>>>
  /** The largest first; at most 200, the last of which may stand for all others. */
  readonly groups: readonly LiveGroup[]
}

/** What this build would make of what is in Redis now. */
export interface LiveReport {
  /** Whether it would run all that was examined. */
  readonly safe: boolean
  readonly examined: number
  readonly wouldFail: number
  /** Whether some were passed over, by `sample`. */
  readonly sampled: boolean
  readonly queues: readonly LiveQueue[]
}

type Growing = { -readonly [Key in keyof LiveGroup]: LiveGroup[Key] } & { ids: string[] }

const mostIds = 10
const mostGroups = 200

/** Collects refusals as groups, of bounded size. */
export class LiveGroups {
  readonly #groups = new Map<string, Growing>()

  add(given: LiveRefusal, id: string): void {
    const path = given.path?.replace(/\[\d+\]/g, '[]').replace(/\((\d+)\)/g, '()')
    const job = given.job.slice(0, 100)
    const key = JSON.stringify([given.code, path, job, given.version])
    let group = this.#groups.get(key)
    if (!group && this.#groups.size >= mostGroups) group = [...this.#groups.values()].at(-1)
    if (!group) {
      group = { ...given, path, job, count: 0, ids: [] }
      this.#groups.set(key, group)
    }
    group.count += 1
    if (group.ids.length < mostIds) group.ids.push(id)
  }

  get all(): LiveGroup[] {
    return [...this.#groups.values()].sort((one, other) => other.count - one.count)
  }
}
