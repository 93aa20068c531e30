import type { $ZodLazy, $ZodStringDef, $ZodType, $ZodTypes } from 'zod/v4/core'
import { refuseCostlyHost } from '../codec/costly-host.ts'
import { type Count, go, type Visit, type Visited } from './visit.ts'

export type Compile = (schema: $ZodType) => Visit | undefined

/** How zod walks a value by a schema; undefined when that takes no walk. */
export function visitOf(schema: $ZodType, compile: Compile): Visit | undefined {
  const { def } = (schema as $ZodTypes)._zod
  switch (def.type) {
    case 'string':
      return visitText(def)
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
      return visitRecord(compile(def.keyType), compile(def.valueType))
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
    case 'success':
      return deeper(compile(def.innerType))
    case 'pipe':
      return deeper(compile(def.in))
    case 'lazy':
      return deeper(compile((schema as $ZodLazy)._zod.innerType))
    default:
      return undefined
  }
}

// zod has the platform read what is to be an address.
function visitText(def: $ZodStringDef): Visit | undefined {
  const isAddress = (checked: object) => 'format' in checked && checked.format === 'url'
  if (!isAddress(def) && !def.checks?.some(({ _zod }) => isAddress(_zod.def))) return undefined
  return (value) => {
    if (typeof value === 'string') refuseCostlyHost(value.trim(), () => '$')
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
    if (typeof value === 'string') return
    count.effort.spend(1)
    for (const [name, visit] of parts) go(visit, Reflect.get(value, name), count, depth)
    if (catchall === undefined) return
    const names = namesOf(value, count)
    if (others)
      for (const name of names) if (!Object.hasOwn(shape, name)) go(others, Reflect.get(value, name), count, depth)
  }
}

function visitEach(part: Visit | undefined, elements: (value: Visited) => Iterable<unknown> | undefined): Visit {
  return (value, count, depth) => {
    const found = elements(value)
    if (found === undefined) return
    count.effort.spend(1 + lengthOf(value))
    if (part) for (const element of found) go(part, element, count, depth)
  }
}

function lengthOf(value: Visited): number {
  if (Array.isArray(value)) return value.length
  return value instanceof Map || value instanceof Set ? value.size : 0
}

function visitRecord(key: Visit | undefined, part: Visit | undefined): Visit {
  return (value, count, depth) => {
    if (typeof value === 'string') return
    for (const name of namesOf(value, count)) {
      go(key, name, count, depth)
      if (part) go(part, Reflect.get(value, name), count, depth)
    }
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
    const tag: unknown = by === undefined || typeof value === 'string' ? undefined : Reflect.get(value, by)
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
