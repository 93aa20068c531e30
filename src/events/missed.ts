import { comparePositions, parsePosition } from '../bullmq/event-position.ts'

/** What a queue's events stream was when a page of it was read. Ids are those of Redis' streams. */
export interface StreamState {
  /** Whether there is a stream. */
  exists: boolean
  /** Whether the entry that was read last is still in it. */
  holdsPosition: boolean
  /** Its oldest entry. */
  first: string | undefined
  /** The newest entry that was ever taken away, as Redis from 7 on tells. */
  lastDeleted: string | undefined
}

const start = '0-0'

/**
 * Whether events may have been missed after a position, because Redis took them away before they were read: then the position
 * to read on from. Entries go oldest first, so an older one that is still there says that nothing after it is gone.
 */
export function missedAfter(
  after: string,
  { exists, holdsPosition, first, lastDeleted }: StreamState,
): string | undefined {
  if (holdsPosition || comparePositions(after, start) === 0) return undefined
  // A time without a number is no position of an event: there need not have been one.
  const isTime = !after.includes('-')
  if (!exists) return isTime ? undefined : start
  if (first !== undefined && (comparePositions(first, after) <= 0 || comparePositions(predecessor(first), after) === 0))
    return undefined
  const before = first === undefined ? start : predecessor(first)
  if (lastDeleted === undefined) return before
  const gone = comparePositions(lastDeleted, after)
  if (gone > 0) return first !== undefined && comparePositions(lastDeleted, first) >= 0 ? before : lastDeleted
  // A stream that never held it began anew: Redis kept nothing, or the queue was obliterated.
  return gone === 0 || isTime ? undefined : start
}

const highestSequence = 2n ** 64n - 1n

function predecessor(id: string): string {
  const [ms, sequence] = parsePosition(id)
  if (sequence > 0n) return `${ms}-${sequence - 1n}`
  return ms > 0n ? `${ms - 1n}-${highestSequence}` : start
}
