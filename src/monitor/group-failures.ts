import { mergeShapes, shapeOf } from './message-shape.ts'
import type { JobFailure } from './monitored-job.ts'

/** Failed jobs that failed with the same. */
export interface FailureGroup {
  /** The job's name, as it is stored. */
  readonly job: string
  /** The class of the error. */
  readonly kind: string
  readonly code: string | undefined
  /** The message, with `…` and `#` for what differs from job to job, or is likely to. */
  readonly message: string
  readonly count: number
  readonly firstAt: Date | undefined
  readonly lastAt: Date | undefined
  /** The last ones, at most ten. */
  readonly ids: readonly string[]
}

/** As much of a failed job as is grouped. */
export interface FailedJob {
  readonly id: string
  readonly storedName: string
  readonly endedAt: Date | undefined
  readonly error: Pick<JobFailure, 'kind' | 'code' | 'message'> | undefined
}

type Group = { -readonly [Key in keyof FailureGroup]: FailureGroup[Key] } & { ids: string[] }

const mostIds = 10
// Of one job, class and code; what comes then is one group. Each message is compared with every group.
const mostGroups = 100

/** Groups failed jobs, given the last one first, by job, class, code and message; the largest group first. */
export function groupFailures(jobs: Iterable<FailedJob>): FailureGroup[] {
  const byKind = new Map<string, Group[]>()
  for (const { id, storedName: job, endedAt, error } of jobs) {
    const { kind = 'Error', code, message = '' } = error ?? {}
    const shape = shapeOf(message)
    const key = JSON.stringify([job, kind, code])
    const groups = byKind.get(key) ?? []
    byKind.set(key, groups)
    const group = joined(groups, shape)
    if (!group) {
      groups.push({ job, kind, code, message: shape, count: 1, firstAt: endedAt, lastAt: endedAt, ids: [id] })
      continue
    }
    group.count += 1
    group.firstAt = endedAt ?? group.firstAt
    group.lastAt ??= endedAt
    if (group.ids.length < mostIds) group.ids.push(id)
  }
  return [...byKind.values()].flat().sort((one, other) => other.count - one.count)
}

function joined(groups: Group[], shape: string): Group | undefined {
  const same = groups.find(({ message }) => message === shape)
  if (same) return same
  if (groups.length >= mostGroups) {
    const rest = groups.at(-1)
    if (rest) rest.message = '…'
    return rest
  }
  for (const group of groups) {
    const merged = mergeShapes(group.message, shape)
    if (merged === undefined) continue
    group.message = merged
    return group
  }
  return undefined
}
