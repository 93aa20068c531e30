import { isDeepStrictEqual } from 'node:util'
import { takesAll } from './describe-schema.ts'
import { defineField } from './intersect-shapes.ts'
import type { Shape } from './shape.ts'
import { takesValue } from './values.ts'

/**
 * A shape as one of the kind of another, where it takes values of that kind, too: a record as an object with its keys, an array as a
 * tuple of as many items, an object that keeps other keys as a record. Else itself.
 */
export function reinterpretShape(now: Shape, old: Shape): Shape {
  const view = viewOf(now, old)
  return view && now.refinements ? { ...view, refinements: now.refinements } : (view ?? now)
}

function viewOf(now: Shape, old: Shape): Shape | undefined {
  const { value } = now
  if (now.type === 'record' && old.type === 'object' && value) return recordAsObject(now, value, old)
  if (now.type === 'array' && old.type === 'tuple' && value) {
    return { type: 'tuple', items: (old.items ?? []).map(() => absentOr(value)), rest: value }
  }
  if (now.type === 'object' && old.type === 'record' && now.undeclared === 'keep') {
    return { type: 'record', key: { type: 'string' }, value: now.rest ?? { type: 'unknown' }, fields: now.fields }
  }
  return undefined
}

/** How many items a tuple has, as an array's bounds. */
export function lengthsOf({ items = [], rest }: Shape): Shape {
  const min = items.findLastIndex(({ optional, default: given }) => !optional && !given) + 1
  return { type: 'array', min, ...(!rest && { max: items.length }) }
}

/** As one with the keys of `old`, when its own schema of keys takes them. */
function recordAsObject({ key, undeclared }: Shape, value: Shape, old: Shape): Shape | undefined {
  const fields: Record<string, Shape> = {}
  for (const name of Object.keys(old.fields ?? {})) {
    const outcome = key ? takesValue([key], JSON.stringify(name)) : 'refuses'
    if (outcome === 'takes') defineField(fields, name, absentOr(value))
    else if (outcome === 'refuses' && undeclared === 'keep') defineField(fields, name, absentOr({ type: 'unknown' }))
    else return undefined
  }
  const takesOthers = undeclared === 'keep' || (key && isDeepStrictEqual(key, { type: 'string' }))
  return { type: 'object', fields, ...(takesOthers ? { undeclared: 'keep', rest: value } : { undeclared: 'refuse' }) }
}

function absentOr(value: Shape): Shape {
  return value.optional || takesAll(value) ? { ...value, optional: true } : { ...value, optional: true, exact: true }
}
