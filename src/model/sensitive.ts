import { z } from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { heldBy, wrappedBy } from '../schema/schema-parts.ts'
import { fieldsOfSchema } from './fields-of-schema.ts'

/**
 * What a schema says of the values at one place, its wrappers taken off: every alternative that a value there may be of, and
 * whether its author marked it `.meta({ sensitive: true })`.
 */
export interface Place {
  readonly alternatives: readonly $ZodType[]
  readonly isSensitive: boolean
  /** Whether it is changed on its way: a text there may become what the other alternatives describe. */
  readonly isPiped: boolean
}

const places = new WeakMap<$ZodType, Place>()

/** Looks through optional, nullable, default, readonly, catch, pipe, lazy, union and intersection: one that is marked marks the place. */
export function placeOf(schema: $ZodType): Place {
  const known = places.get(schema)
  if (known) return known
  const alternatives: $ZodType[] = []
  let isSensitive = false
  let isPiped = false
  const seen = new Set<$ZodType>()
  const open = [schema]
  for (let next = open.pop(); next; next = open.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    isSensitive ||= isMarked(next)
    isPiped ||= next._zod.def.type === 'pipe'
    const inner = wrapped(next)
    if (inner) open.push(...inner)
    else alternatives.push(next)
  }
  const place = { alternatives, isSensitive, isPiped }
  places.set(schema, place)
  return place
}

/** Also of what a check was added to afterwards: zod's registry looks at what a schema was made from. */
function isMarked(schema: $ZodType): boolean {
  return Boolean(z.globalRegistry.get(schema)?.['sensitive'])
}

function wrapped(schema: $ZodType): readonly $ZodType[] | undefined {
  // What stands in the place of an instance and is none is most likely its fields.
  const fields = schema._zod.def.type === 'custom' ? fieldsOfSchema(schema) : undefined
  return fields ? [fields] : wrappedBy(schema)
}

const holding = new WeakMap<$ZodType, boolean>()

/** Whether anything within values of `schema` is marked. */
export function holdsSensitive(schema: $ZodType): boolean {
  const known = holding.get(schema)
  if (known !== undefined) return known
  const seen = new Set<$ZodType>()
  const open = [schema]
  let holds = false
  for (let next = open.pop(); next && !holds; next = open.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const { alternatives, isSensitive } = placeOf(next)
    holds = isSensitive
    for (const one of alternatives) open.push(...heldBy(one))
  }
  holding.set(schema, holds)
  return holds
}
