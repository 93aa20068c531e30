import type { $ZodLazy, $ZodType, $ZodTypes } from 'zod/v4/core'
import { BrineError } from '../errors.ts'
import type { Effort } from './effort.ts'

/** One count: of one value, for one call of zod. */
interface Count {
  readonly effort: Effort
  /** What was met by the schemas that refer to themselves. */
  readonly met: Map<object, Set<object>>
  shares: boolean
}

/** Counts the visits that zod makes of a value, at this depth of schemas within schemas. Throws LIMIT_EXCEEDED. */
type Visit = (value: unknown, count: Count, depth: number) => void

/**
 * Counts the visits of one value, and tells whether zod will meet something again that it remembers: then issues multiply with
 * each way that leads there. Throws LIMIT_EXCEEDED.
 */
export type CountVisits = (value: unknown, effort: Effort) => boolean

// zod recurses, and an overflow of its stack is no way out: what it remembers of each level stays in its memory for good.
const mostDepth = 3_600

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
    const count: Count = { effort, met: new Map(), shares: false }
    visit(value, count, 0)
    return count.shares
  }
}

function onceEach(visit: Visit): Visit {
  return (value, count, depth) => {
    if (!isObject(value)) return
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
      return visitEach(compile(def.valueType), (value) => (value instanceof Set ? [...value] : undefined))
    case 'map':
      return together([
        visitEach(compile(def.keyType), (value) => (value instanceof Map ? [...value.keys()] : undefined)),
        visitEach(compile(def.valueType), (value) => (value instanceof Map ? [...value.values()] : undefined)),
      ])
    case 'record':
      return visitEach(compile(def.valueType), (value) => (isObject(value) ? Object.values(value) : undefined))
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
    if (!isObject(value)) return
    count.effort.spend(1)
    const inner = step(depth)
    for (const [name, visit] of parts) visit(Reflect.get(value, name), count, inner)
    if (catchall === undefined) return
    const names = Object.keys(value)
    count.effort.spend(names.length)
    if (others)
      for (const name of names) if (!Object.hasOwn(shape, name)) others(Reflect.get(value, name), count, inner)
  }
}

function visitEach(part: Visit | undefined, elements: (value: unknown) => readonly unknown[] | undefined): Visit {
  return (value, count, depth) => {
    const found = elements(value)
    if (found === undefined) return
    count.effort.spend(1 + found.length)
    if (part === undefined) return
    const inner = step(depth)
    for (const element of found) part(element, count, inner)
  }
}

function visitTuple(items: readonly (Visit | undefined)[], rest: Visit | undefined): Visit {
  return (value, count, depth) => {
    if (!Array.isArray(value)) return
    count.effort.spend(1 + value.length)
    const inner = step(depth)
    for (const [index, element] of value.entries())
      (index < items.length ? items[index] : rest)?.(element, count, inner)
  }
}

function visitUnion(options: readonly $ZodType[], by: string | undefined, compile: Compile): Visit | undefined {
  const parts = options.flatMap((option) => {
    const visit = compile(option)
    return visit ? [{ visit, told: by === undefined ? undefined : option }] : []
  })
  if (parts.length === 0) return undefined
  return (value, count, depth) => {
    const inner = step(depth)
    const tag: unknown = by !== undefined && isObject(value) ? Reflect.get(value, by) : undefined
    for (const { visit, told } of parts) {
      // zod goes into the one that the discriminator tells.
      const tags = by === undefined ? undefined : told?._zod.propValues?.[by]
      if (!tags || tags.has(tag as string)) visit(value, count, inner)
    }
  }
}

function together(parts: readonly (Visit | undefined)[]): Visit | undefined {
  const visits = parts.filter((part) => part !== undefined)
  if (visits.length === 0) return undefined
  return (value, count, depth) => {
    const inner = step(depth)
    for (const visit of visits) visit(value, count, inner)
  }
}

function deeper(part: Visit | undefined): Visit | undefined {
  return part && ((value, count, depth) => part(value, count, step(depth)))
}

function step(depth: number): number {
  if (depth < mostDepth) return depth + 1
  throw new BrineError(
    'LIMIT_EXCEEDED',
    `the schema is walked more than ${mostDepth} schemas deep; flatten the value, or lower limits.maxDepth`,
    { path: '$' },
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
