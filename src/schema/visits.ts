import type { $ZodType } from 'zod/v4/core'
import { KeyCollisions } from '../codec/key-collisions.ts'
import type { Effort } from './effort.ts'
import { type Count, go, type Visit } from './visit.ts'
import { visitOf } from './visit-of.ts'

/**
 * Counts the visits of one value, and tells whether zod will meet something again that it remembers: then issues multiply with
 * each way that leads there. Throws LIMIT_EXCEEDED.
 */
export type CountVisits = (value: unknown, effort: Effort) => boolean

/**
 * What one schema takes of the stack, as zod recurses: measured on a cold V8 12, whose whole stack is 100,000 of these. An overflow is
 * no way out: what zod remembers of each level would stay in its memory for good.
 */
const frames: Readonly<Record<string, number>> = { union: 30, intersection: 22, pipe: 18, lazy: 14 }
const ofContainer = 52
const ofWrapper = 14
const ofChecks = 18

function framesOf({ _zod: { def } }: $ZodType): number {
  const own = frames[def.type] ?? ('innerType' in def ? ofWrapper : ofContainer)
  return own + (def.checks?.length ? ofChecks : 0)
}

/**
 * How zod would walk values by a schema, without checking anything; undefined for a schema whose walks are no longer than itself.
 * Schemas that refer to themselves visit an object once, as zod's do, which remembers their containers; all others visit it on
 * each way that leads to it.
 */
export function countVisits(root: $ZodType): CountVisits | undefined {
  const compiled = new Map<$ZodType, Visit | undefined>()
  const recursive = new Map<$ZodType, { visit: Visit | undefined }>()
  const open = new Set<$ZodType>()

  function compile(schema: $ZodType): Visit | undefined {
    if (open.has(schema)) {
      const late = recursive.get(schema) ?? { visit: undefined }
      recursive.set(schema, late)
      return (value, count, depth) => late.visit?.(value, count, depth)
    }
    if (compiled.has(schema)) return compiled.get(schema)
    open.add(schema)
    let visit = within(framesOf(schema), visitOf(schema, compile))
    open.delete(schema)
    const late = recursive.get(schema)
    if (late && visit) {
      visit = onceEach(visit)
      late.visit = visit
    }
    compiled.set(schema, visit)
    return visit
  }

  const visit = compile(root)
  if (visit === undefined) return undefined
  return (value, effort) => {
    const count: Count = { effort, met: new Map(), collisions: new KeyCollisions(), shares: false, open: [] }
    go(visit, value, count, 0)
    for (let next = count.open.pop(); next; next = count.open.pop()) {
      const before = count.open.length
      next.visit(next.value, count, next.depth)
      reverse(count.open, before)
    }
    return count.shares
  }
}

// The first part is visited first, as by zod: how deep something stands that is met again hangs on who meets it first.
function reverse(list: unknown[], from: number): void {
  for (let low = from, high = list.length - 1; low < high; low += 1, high -= 1) {
    const other = list[low]
    list[low] = list[high]
    list[high] = other
  }
}

function within(frames: number, visit: Visit | undefined): Visit | undefined {
  return visit && ((value, count, depth) => visit(value, count, depth + frames))
}

function onceEach(visit: Visit): Visit {
  return (value, count, depth) => {
    if (typeof value === 'string') return visit(value, count, depth)
    count.effort.spend(1)
    let met = count.met.get(visit)
    if (met === undefined) {
      met = new Set()
      count.met.set(visit, met)
    }
    if (met.has(value)) count.shares = true
    else {
      met.add(value)
      visit(value, count, depth)
    }
  }
}
