import { Way } from './way.ts'

/** A place in a value: how paths lead to it, and what is there. */
export interface Place {
  way: Way
  value: unknown
}

interface Search {
  /** How many members of Sets may still be searched. */
  left: number
  /** The Sets that are being searched, each with the length of the path that is left in it: a Set may contain itself. */
  readonly inside: Map<Set<unknown>, number>
}

// Each Set on the way is searched, and within its members each Set again: shared ones would take for ever.
const mostMembers = 10_000

function beginSearch(): Search {
  return { left: mostMembers, inside: new Map() }
}

/**
 * Where a zod issue is, in our words. zod's path names Map entries by their key, which is a payload value, and leaves the
 * members of Sets out; so the value itself is walked along, with `input`, the part that failed, to tell entries apart.
 */
export function locate(
  from: Place,
  keys: readonly PropertyKey[],
  input: unknown,
  search: Search = beginSearch(),
): Place {
  let { way, value } = from
  let rest = keys
  for (;;) {
    if (value instanceof Set) {
      const found = memberThatFailed(value, rest, input, search)
      if (found === undefined) return { way, value }
      way = way.part('set', found.position)
      value = found.member
      continue
    }
    const [key, ...others] = rest
    if (key === undefined || typeof key === 'symbol') return { way, value }
    if (value instanceof Map) {
      const position = [...value.keys()].indexOf(key)
      if (position === -1) return { way, value }
      const under: unknown = value.get(key)
      const isKey = others.length === 0 && Object.is(key, input) && !Object.is(under, input)
      way = way.part('map', 2 * position + (isKey ? 0 : 1))
      value = isKey ? key : under
    } else {
      way = typeof key === 'number' && isIndex(value, key) ? way.part('list', key) : toName({ way, value }, `${key}`)
      value = at(value, key)
    }
    rest = others
  }
}

// A check of the user's may take any number for an index.
function isIndex(value: unknown, key: number): boolean {
  return Array.isArray(value) && key >= 0 && key < value.length
}

/** To a property. A name that the value has and no schema declares is data; one that it does not have was given by a check. */
function toName({ way, value }: Place, name: string): Way {
  const position = positionOf(value, name)
  return way.name(name, position, position !== -1)
}

/** Of a name among those of a plain object, or -1. */
function positionOf(value: unknown, name: string): number {
  return isPlain(value) ? Object.keys(value).indexOf(name) : -1
}

/** Where an issue about the name of a property is, which is the last step of its path. */
export function locateName(from: Place, keys: readonly PropertyKey[]): Place {
  const { way, value } = locate(from, keys.slice(0, -1), undefined)
  const name = keys.at(-1)
  const position = typeof name === 'string' ? positionOf(value, name) : -1
  return { way: position === -1 ? way : way.part('map', 2 * position), value: name }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Where an issue about a Map's key is, when the key is no property name and zod's path ends at the Map. */
export function locateKey(map: Place, keys: readonly PropertyKey[], input: unknown): Place {
  if (!(map.value instanceof Map)) return map
  const members = [...map.value.keys()]
  const search = beginSearch()
  const position = members.findIndex((key) => reaches(key, keys, input, search))
  if (position === -1) return map
  return { way: map.way.part('map', 2 * position), value: members[position] }
}

/** Where the value under a Map's key is, when the key is no property name and zod's path ends at the Map. */
export function locateEntry(map: Place, key: unknown): Place {
  if (!(map.value instanceof Map)) return map
  const position = [...map.value.keys()].indexOf(key)
  if (position === -1) return map
  return { way: map.way.part('map', 2 * position + 1), value: map.value.get(key) }
}

function memberThatFailed(set: Set<unknown>, keys: readonly PropertyKey[], input: unknown, search: Search) {
  const { inside } = search
  const outer = inside.get(set)
  if ((keys.length === 0 && Object.is(set, input)) || outer === keys.length) return undefined
  inside.set(set, keys.length)
  try {
    let position = 0
    for (const member of set) {
      search.left -= 1
      if (search.left < 0) return undefined
      if (reaches(member, keys, input, search)) return { position, member }
      position += 1
    }
    return undefined
  } finally {
    if (outer === undefined) inside.delete(set)
    else inside.set(set, outer)
  }
}

const nowhere = new Way('declared', [])

function reaches(from: unknown, keys: readonly PropertyKey[], input: unknown, search: Search): boolean {
  return Object.is(locate({ way: nowhere, value: from }, keys, input, search).value, input)
}

function at(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
