import { element, mapKey, mapValue, property, root, setMember } from '../path.ts'

/** A place in a value: our path to it, and what stands there. */
export interface Place {
  path: string
  value: unknown
}

export const whole = (value: unknown): Place => ({ path: root, value })

/** How many members of Sets are yet to be looked into. */
interface Search {
  left: number
}

// Each Set on the way is searched, and within its members each Set again: shared ones would take for ever.
const mostMembers = 10_000

/**
 * Where a zod issue is, in our words. zod's path names Map entries by their key, which is a payload value, and leaves the
 * members of Sets out; so the value itself is walked along, with `input`, the part that failed, to tell entries apart.
 */
export function locate(
  from: Place,
  keys: readonly PropertyKey[],
  input: unknown,
  search: Search = { left: mostMembers },
): Place {
  let { path, value } = from
  let rest = keys
  for (;;) {
    if (value instanceof Set) {
      const found = memberThatFailed(value, rest, input, search)
      if (found === undefined) return { path, value }
      path = setMember(path, found.position)
      value = found.member
      continue
    }
    const [key, ...others] = rest
    if (key === undefined || typeof key === 'symbol') return { path, value }
    if (value instanceof Map) {
      const position = [...value.keys()].indexOf(key)
      if (position === -1) return { path, value }
      const under: unknown = value.get(key)
      const isKey = others.length === 0 && Object.is(key, input) && !Object.is(under, input)
      path = isKey ? mapKey(path, position) : mapValue(path, position)
      value = isKey ? key : under
    } else {
      path = typeof key === 'number' ? element(path, key) : property(path, key)
      value = at(value, key)
    }
    rest = others
  }
}

/** Where an issue about a Map's key is, when the key is no property name and zod's path ends at the Map. */
export function locateKey(map: Place, keys: readonly PropertyKey[], input: unknown): Place {
  if (!(map.value instanceof Map)) return map
  const members = [...map.value.keys()]
  const search = { left: mostMembers }
  const position = members.findIndex((key) => reaches(key, keys, input, search))
  return position === -1 ? map : { path: mapKey(map.path, position), value: members[position] }
}

/** Where the value under a Map's key is, when the key is no property name and zod's path ends at the Map. */
export function locateEntry(map: Place, key: unknown): Place {
  if (!(map.value instanceof Map)) return map
  const position = [...map.value.keys()].indexOf(key)
  return position === -1 ? map : { path: mapValue(map.path, position), value: map.value.get(key) }
}

function memberThatFailed(set: Set<unknown>, keys: readonly PropertyKey[], input: unknown, search: Search) {
  if (keys.length === 0 && Object.is(set, input)) return undefined
  let position = 0
  for (const member of set) {
    search.left -= 1
    if (search.left < 0) return undefined
    if (reaches(member, keys, input, search)) return { position, member }
    position += 1
  }
  return undefined
}

function reaches(from: unknown, keys: readonly PropertyKey[], input: unknown, search: Search): boolean {
  return Object.is(locate(whole(from), keys, input, search).value, input)
}

function at(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
