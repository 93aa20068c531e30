import type { $ZodLazy, $ZodType, $ZodTypes } from 'zod/v4/core'
import { KeyCollisions } from '../codec/key-collisions.ts'
import { BrineError } from '../errors.ts'
import type { Effort } from './effort.ts'

/** One count: of one value, for one call of zod. */
interface Count {
  readonly effort: Effort
  readonly collisions: KeyCollisions
  /** What was met by the schemas that refer to themselves. */
  readonly met: Map<Visit, Set<object>>
  shares: boolean
  /** What is yet to be visited: no recursion, whose stack would be the first to overflow. */
  readonly open: { visit: Visit; value: object; depth: number }[]
}

/** Counts one object, which stands so many schemas deep, and has its parts visited. Throws LIMIT_EXCEEDED. */
type Visit = (value: object, count: Count, depth: number) => void

/**
 * Counts the visits of one value, and tells whether zod will meet something again that it remembers: then issues multiply with
 * each way that leads there. Throws LIMIT_EXCEEDED.
 */
export type CountVisits = (value: unknown, effort: Effort) => boolean

// zod recurses, to some 3,300 schemas when it is cold. An overflow of its stack is no way out: what it remembers of each level would
// stay in its memory for good.
const mostDepth = 3_001

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
    let visit = visitOf(schema, compile)
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
    for (let next = count.open.pop(); next; next = count.open.pop()) next.visit(next.value, count, next.depth)
    return count.shares
  }
}

/** Has a part visited, one schema deeper. What is no object takes zod no walk. */
function go(visit: Visit | undefined, value: unknown, { open }: Count, depth: number): void {
  if (visit === undefined || typeof value !== 'object' || value === null) return
  if (depth >= mostDepth) {
    throw new BrineError(
      'LIMIT_EXCEEDED',
      `its schema looks into it more than ${mostDepth} schemas deep; flatten the value, or the schema`,
      { path: '$' },
    )
  }
  open.push({ visit, value, depth: depth + 1 })
}

function onceEach(visit: Visit): Visit {
  return (value, count, depth) => {
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

type Compile = (schema: $ZodType) => Visit | undefined

function visitOf(schema: $ZodType, compile: Compile): Visit | undefined {
  const { def } = (schema as $ZodTypes)._zod
  switch (def.type) {
    case 'object':
      return visitObject(def.shape, def.catchall, compile)
    case 'array':
      return visitEach(compile(def.element), (value) => (Array.isArray(value) ? value : undefined))
    case 'set':
      return visitEach(compile(def.valueType), (value) => (value instanceof Set ? value : undefined))
    case 'map':
      return together([
        visitEach(compile(def.keyType), (value) => (value instanceof Map ? value.keys() : undefined)),
        visitEach(compile(def.valueType), (value) => (value instanceof Map ? value.values() : undefined)),
      ])
    case 'record':
      return visitRecord(compile(def.valueType))
    case 'tuple':
      return visitTuple(def.items.map(compile), def.rest ? compile(def.rest) : undefined)
    case 'union':
      return visitUnion(def.options, 'discriminator' in def ? String(def.discriminator) : undefined, compile)
    case 'intersection':
      return together([compile(def.left), compile(def.right)])
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
    case 'catch':
      return deeper(compile(def.innerType))
    case 'pipe':
      return deeper(compile(def.in))
    case 'lazy':
      return deeper(compile((schema as $ZodLazy)._zod.innerType))
    default:
      return undefined
  }
}

function visitObject(
  shape: Readonly<Record<string, $ZodType>>,
  catchall: $ZodType | undefined,
  compile: Compile,
): Visit | undefined {
  const parts = Object.entries(shape).flatMap(([name, part]) => {
    const visit = compile(part)
    return visit ? [[name, visit] as const] : []
  })
  const others = catchall && compile(catchall)
  if (parts.length === 0 && catchall === undefined) return undefined
  return (value, count, depth) => {
    count.effort.spend(1)
    for (const [name, visit] of parts) go(visit, Reflect.get(value, name), count, depth)
    if (catchall === undefined) return
    const names = namesOf(value, count)
    if (others)
      for (const name of names) if (!Object.hasOwn(shape, name)) go(others, Reflect.get(value, name), count, depth)
  }
}

function visitEach(part: Visit | undefined, elements: (value: object) => Iterable<unknown> | undefined): Visit {
  return (value, count, depth) => {
    const found = elements(value)
    if (found === undefined) return
    count.effort.spend(1 + lengthOf(value))
    if (part) for (const element of found) go(part, element, count, depth)
  }
}

function lengthOf(value: object): number {
  if (Array.isArray(value)) return value.length
  return value instanceof Map || value instanceof Set ? value.size : 0
}

function visitRecord(part: Visit | undefined): Visit {
  return (value, count, depth) => {
    const names = namesOf(value, count)
    if (part) for (const name of names) go(part, Reflect.get(value, name), count, depth)
  }
}

// Before zod lists them in a way that takes seconds.
function namesOf(value: object, { effort, collisions }: Count): string[] {
  const names = Object.keys(value)
  effort.spend(1 + names.length)
  collisions.takeNames(names, () => '$')
  return names
}

function visitTuple(items: readonly (Visit | undefined)[], rest: Visit | undefined): Visit {
  return (value, count, depth) => {
    if (!Array.isArray(value)) return
    count.effort.spend(1 + value.length)
    for (const [index, element] of value.entries())
      go(index < items.length ? items[index] : rest, element, count, depth)
  }
}

function visitUnion(options: readonly $ZodType[], by: string | undefined, compile: Compile): Visit | undefined {
  const parts = options.flatMap((option) => {
    const visit = compile(option)
    return visit ? [{ visit, option }] : []
  })
  if (parts.length === 0) return undefined
  return (value, count, depth) => {
    const tag: unknown = by === undefined ? undefined : Reflect.get(value, by)
    for (const { visit, option } of parts) {
      // zod goes into the one that the discriminator tells.
      const tags = by === undefined ? undefined : option._zod.propValues?.[by]
      if (!tags || tags.has(tag as string)) go(visit, value, count, depth)
    }
  }
}

function together(parts: readonly (Visit | undefined)[]): Visit | undefined {
  const visits = parts.filter((part) => part !== undefined)
  if (visits.length === 0) return undefined
  return (value, count, depth) => {
    for (const visit of visits) go(visit, value, count, depth)
  }
}

function deeper(part: Visit | undefined): Visit | undefined {
  return part && ((value, count, depth) => go(part, value, count, depth))
}
