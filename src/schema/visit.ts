import type { KeyCollisions } from '../codec/key-collisions.ts'
import { BrineError } from '../errors.ts'
import type { Effort } from './effort.ts'

/** One count: of one value, for one call of zod. */
export interface Count {
  readonly effort: Effort
  readonly collisions: KeyCollisions
  /** What was met by the schemas that refer to themselves. */
  readonly met: Map<Visit, Set<Visited>>
  shares: boolean
  /** What is yet to be visited: no recursion, whose stack would be the first to overflow. */
  readonly open: { visit: Visit; value: Visited; depth: number }[]
}

/** What may take a walk: an object, or a text that a check looks into. */
export type Visited = object | string

/** Counts one value, at so much of the stack, and has its parts visited. Throws LIMIT_EXCEEDED. */
export type Visit = (value: Visited, count: Count, depth: number) => void

// Of the stack, as visits.ts measures it: three quarters, since a caller has some of it too.
const mostDepth = 75_000

/** Has a part visited. All else takes zod no walk. */
export function go(visit: Visit | undefined, value: unknown, { open }: Count, depth: number): void {
  if (visit === undefined || !(typeof value === 'string' || (typeof value === 'object' && value !== null))) return
  if (depth > mostDepth) {
    throw new BrineError(
      'LIMIT_EXCEEDED',
      'its schema would look into it some thousand objects deep, which is more than the stack may hold; flatten the value',
      { path: '$' },
    )
  }
  open.push({ visit, value, depth })
}
