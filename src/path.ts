/**
 * Where a value stands in the value that was given: `$` is the whole, `$.person.age` a property, `$[3]` an element,
 * `$.scores.key(0)` and `$.scores.value(0)` the first entry of a Map, `$.tags.member(2)` the third member of a Set.
 *
 * Keys of Maps are payload values, so entries are named by their position, and so are those of a plain object whose schema takes any
 * names (`z.record`): `$.scores.value(0)`. Properties are named by their names, which schemas and classes choose; a name that is no
 * identifier is quoted and cut, so that no text can forge a message. Where no schema is known that declares a name, one that is no
 * identifier is taken for data, such as somebody's address, and not told: `$.scores["…"]`.
 */
export const root = '$'

const identifier = /^[A-Za-z_$][\w$]*$/
const longestName = 64

export function property(parent: string, name: string): string {
  if (name.length > longestName) return `${parent}[${JSON.stringify(name.slice(0, longestName))}…]`
  return identifier.test(name) ? `${parent}.${name}` : `${parent}[${JSON.stringify(name)}]`
}

/** The same of a name which nobody is known to have chosen. */
export function anyProperty(parent: string, name: string): string {
  return name.length <= longestName && identifier.test(name) ? `${parent}.${name}` : `${parent}["…"]`
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

/** How one step of a graph reads, by the kind of what holds it. */
export type Step = string | number | undefined
export type Holder = 'record' | 'list' | 'map' | 'set'

/** One more step on a path; `undefined` is a step that the caller's own value does not have. */
export function step(parent: string, holder: Holder, step: Step): string {
  if (step === undefined) return parent
  if (typeof step === 'string') return anyProperty(parent, step)
  if (holder === 'set') return setMember(parent, step)
  if (holder === 'list' || holder === 'record') return element(parent, step)
  const position = step >> 1
  return step % 2 === 0 ? mapKey(parent, position) : mapValue(parent, position)
}
