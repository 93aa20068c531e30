/**
 * Where a value is in the value that was given: `$` is the whole, `$.person.age` a property, `$[3]` an element,
 * `$.scores.key(0)` and `$.scores.value(0)` the first entry of a Map, `$.tags.member(2)` the third member of a Set.
 *
 * Paths are stored, logged and shown, so they must not hold payload values. A key of a Map is a value, and so may be the name of a
 * property that no schema declares: see schema/way.ts, which decides what is printed of it. A name that is no identifier is quoted and
 * cut, so that nobody can forge a message with it.
 */
export const root = '$'

const identifier = /^[A-Za-z_$][\w$]*$/
const longestName = 64

export function property(parent: string, name: string): string {
  if (name.length > longestName) return `${parent}[${JSON.stringify(name.slice(0, longestName))}…]`
  return identifier.test(name) ? `${parent}.${name}` : `${parent}[${JSON.stringify(name)}]`
}

/** A property whose name is printed only when it looks like a program's. */
export function identified(parent: string, name: string): string {
  return name.length <= longestName && identifier.test(name) ? `${parent}.${name}` : `${parent}["…"]`
}

/** A property by its position among the names of its object, in place of its name; -1 where no position leads to it. */
export function unnamed(parent: string, position: number): string {
  return position < 0 ? `${parent}["…"]` : mapValue(parent, position)
}

export function element(parent: string, index: number): string {
  return `${parent}[${index}]`
}

export function mapKey(parent: string, position: number): string {
  return `${parent}.key(${position})`
}

export function mapValue(parent: string, position: number): string {
  return `${parent}.value(${position})`
}

export function setMember(parent: string, position: number): string {
  return `${parent}.member(${position})`
}

/** The path of something inside `inner`, which is itself a path, when the whole of it stands at `outer`. */
export function join(outer: string, inner: string): string {
  return outer + inner.slice(root.length)
}

/** A step into a graph: a name, or a position; undefined for one that the caller's own value does not have. */
export type Step = string | number | undefined
export type Holder = 'record' | 'list' | 'map' | 'set'

/** One more step on a path, to a position in what holds the value. Keys and values of a Map take turns. */
export function step(parent: string, holder: Holder, at: number): string {
  if (holder === 'set') return setMember(parent, at)
  if (holder === 'list' || holder === 'record') return element(parent, at)
  const position = at >> 1
  return at % 2 === 0 ? mapKey(parent, position) : mapValue(parent, position)
}
