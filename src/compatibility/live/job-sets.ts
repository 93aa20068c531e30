import { QueueKeys } from 'bullmq'
import type { QueueContract } from '../../contract/contract.ts'
import { suffix } from '../../contract/quarantine-name.ts'
import type { Pile } from './scan-ids.ts'

/** Where jobs of a queue may be. Schedules hold the templates of their jobs. */
export type PlaceOfJobs = (typeof before)[number] | 'completed' | 'schedules' | 'quarantined'

// In the order in which jobs go through them, so that none is passed over because it went on meanwhile.
const before = ['delayed', 'waiting-children', 'prioritized', 'waiting', 'paused', 'active', 'failed'] as const

const lists: ReadonlySet<PlaceOfJobs> = new Set(['waiting', 'paused', 'active'])
const keyNames: Partial<Record<PlaceOfJobs, string>> = { waiting: 'wait', schedules: 'repeat' }

/** What workers may be given to run. */
export const runnable: readonly PlaceOfJobs[] = [...before, 'schedules']

/** Everything that somebody may read again. */
export const everything: readonly PlaceOfJobs[] = [...before, 'completed', 'schedules', 'quarantined']

export interface PileOfJobs extends Pile {
  readonly place: PlaceOfJobs
  /** The key of the hash that an id stands for. */
  toKey(id: string): string
}

export function pileOf({ name }: QueueContract, prefix: string | undefined, place: PlaceOfJobs): PileOfJobs {
  const keys = new QueueKeys(prefix)
  const queue = place === 'quarantined' ? name + suffix : name
  const pile = place === 'quarantined' ? 'failed' : (keyNames[place] ?? place)
  return {
    place,
    key: keys.toKey(queue, pile),
    kind: lists.has(place) ? 'list' : 'set',
    toKey: (id) => keys.toKey(queue, place === 'schedules' ? `repeat:${id}` : id),
  }
}
