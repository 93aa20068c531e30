import { nextByPattern } from '../bullmq/next-by-pattern.ts'
import type { CheckedRepeat } from '../contract/repeat.ts'

/** Which runs a schedule has: what the seal of its template says. All times are milliseconds since 1970. */
export interface Slots {
  readonly repeat: CheckedRepeat
  /** When the template was written, by the clock of Redis. */
  readonly since: number
  /** The slot of the first run. It may be older than `since`: a run that waits keeps its slot when its template changes. */
  readonly first: number
}

/** A slot is what the id of a run ends with. `early`: the schedule has it, and another run comes before it. */
export type Due = 'due' | 'early' | 'foreign'

/** How far the clocks of Redis and of workers may differ before a due run is refused. NTP keeps them within a second. */
export const clockSlackMs = 300_000

/** Whether a run of a schedule may be worked on. A late one may, whenever it comes: workers may have been away. */
export function isDue(slot: number, slots: Slots, nowMs: number): Due {
  if (slot === slots.first) return 'due'
  if (!Number.isSafeInteger(slot) || slot < slots.since - clockSlackMs || !has(slots, slot)) return 'foreign'
  return slot > nowMs && slot > nextAfter(slots, nowMs) ? 'early' : 'due'
}

function has({ repeat, first }: Slots, slot: number): boolean {
  const { every, offset, endDate = Number.POSITIVE_INFINITY } = repeat
  if (every === undefined) return timesBefore(slot).some((ms) => nextByPattern(repeat, ms) === slot)
  // BullMQ looks at the end before it adds a run, and the last run follows one that was before the end.
  if (slot < first || slot - every > endDate) return false
  // Runs follow the first one; after an outage of the workers, BullMQ aligns them by `offset`.
  return (slot - first) % every === 0 || (offset !== undefined && (slot - offset) % every === 0)
}

const quarterMs = 900_000
const mostQuarters = 9

/**
 * A pattern has a slot when it is the next one from some time on. That is from just before it, but for a time that the clocks skip in
 * spring: cron-parser finds that only from before the skip, which is at a quarter of an hour.
 */
function timesBefore(slot: number): number[] {
  // A pattern has whole seconds.
  if (slot % 1_000 !== 0) return []
  const quarter = slot - (slot % quarterMs || quarterMs)
  return [slot - 1, ...Array.from({ length: mostQuarters }, (_, index) => quarter - index * quarterMs - 1)]
}

/** A run that comes next may be promoted, and then it works before its time. */
function nextAfter({ repeat, first }: Slots, nowMs: number): number {
  const { every, offset = 0 } = repeat
  const next = every === undefined ? nextByPattern(repeat, nowMs) : nowMs + Math.max(every, offset)
  return Math.max(first, next ?? first)
}

/**
 * The slot of a template's first run, as BullMQ's scripts choose it, when they take `sinceMs` for now. `kept` is the slot of the
 * run that waits, where the schedule is there and has the same `every`. Undefined when no run follows.
 */
export function firstSlot(repeat: CheckedRepeat, sinceMs: number, kept?: number): number | undefined {
  const { every, offset = 0, startDate, immediately } = repeat
  if (every === undefined) return immediately ? sinceMs : nextByPattern(repeat, sinceMs)
  if (kept !== undefined) return kept
  if (startDate !== undefined) return Math.max(startDate, sinceMs)
  if (offset === 0) return sinceMs
  const aligned = Math.floor(sinceMs / every) * every + offset
  return aligned <= sinceMs ? aligned + every : aligned
}
