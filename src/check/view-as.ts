import type { Shape } from './shape.ts'

/**
 * A shape as one of the kind of another, where it takes values of that kind, too: a record as an object with its keys, an array as a
 * tuple of as many items, an object that keeps other keys as a record. Else itself.
 */
export function viewAs(now: Shape, old: Shape): Shape {
  const view = viewOf(now, old)
  return view && now.refinements ? { ...view, refinements: now.refinements } : (view ?? now)
}

function viewOf(now: Shape, old: Shape): Shape | undefined {
  const { value } = now
  if (now.type === 'record' && old.type === 'object' && value && takesAnyKey(now)) {
    const names = Object.keys(old.fields ?? {})
    return {
      type: 'object',
      fields: Object.fromEntries(names.map((name) => [name, absentOr(value)])),
      undeclared: 'keep',
      rest: value,
    }
  }
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

function takesAnyKey({ key, undeclared }: Shape): boolean {
  return key?.type === 'string' && !key.formats && !key.refinements && !key.min && undeclared === undefined
}

function absentOr(value: Shape): Shape {
  return value.optional ? value : { ...value, optional: true, exact: true }
}
