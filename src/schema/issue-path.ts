import type { $ZodType } from 'zod/v4/core'
import { anyProperty, element, mapKey, mapValue, property, root, setMember } from '../path.ts'
import { partsUnder, schemasUnder } from './declared-names.ts'

/** A place in a value: our path to it, what stands there, and the schemas that it may be held to. */
export interface Place {
  path: string
  value: unknown
  schemas: readonly $ZodType[]
}

export const whole = (value: unknown, schema: $ZodType): Place => ({ path: root, value, schemas: [schema] })

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
  let { path, value, schemas } = from
  let rest = keys
  for (;;) {
    if (value instanceof Set) {
      const found = memberThatFailed(value, rest, input, search)
      if (found === undefined) return { path, value, schemas }
      schemas = partsUnder(schemas)
      path = setMember(path, found.position)
      value = found.member
      continue
    }
    const [key, ...others] = rest
    if (key === undefined || typeof key === 'symbol') return { path, value, schemas }
    if (value instanceof Map) {
      const position = [...value.keys()].indexOf(key)
      if (position === -1) return { path, value, schemas }
      schemas = partsUnder(schemas)
      const under: unknown = value.get(key)
      const isKey = others.length === 0 && Object.is(key, input) && !Object.is(under, input)
      path = isKey ? mapKey(path, position) : mapValue(path, position)
      value = isKey ? key : under
    } else {
      const { isDeclared, under } = schemasUnder(schemas, key)
      path = isDeclared
        ? named(path, key)
        : (entry({ path, value, schemas }, key)?.path ?? named(path, key, anyProperty))
      value = at(value, key)
      schemas = under
    }
    rest = others
  }
}

// A check of the user's may name what the value does not have.
function named(path: string, key: string | number, how = property): string {
  return typeof key === 'number' ? element(path, key) : how(path, key)
}

/** A property of a plain object that no schema declares, by its position: its name is a value, as a Map's key is. */
function entry({ path, value }: Place, key: PropertyKey, how = mapValue): { path: string } | undefined {
  if (typeof key !== 'string' || !isPlain(value)) return undefined
  const position = Object.keys(value).indexOf(key)
  return position === -1 ? undefined : { path: how(path, position) }
}

/** Where an issue about the name of a property is, which is the last step of its path. */
export function locateName(from: Place, keys: readonly PropertyKey[]): Place {
  const holder = locate(from, keys.slice(0, -1), undefined)
  const name = keys.at(-1)
  return { ...holder, value: name, ...(name !== undefined && entry(holder, name, mapKey)) }
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
  const search = { left: mostMembers }
  const position = members.findIndex((key) => reaches(key, keys, input, search))
  if (position === -1) return map
  return { path: mapKey(map.path, position), value: members[position], schemas: partsUnder(map.schemas) }
}

/** Where the value under a Map's key is, when the key is no property name and zod's path ends at the Map. */
export function locateEntry(map: Place, key: unknown): Place {
  if (!(map.value instanceof Map)) return map
  const position = [...map.value.keys()].indexOf(key)
  if (position === -1) return map
  return { path: mapValue(map.path, position), value: map.value.get(key), schemas: partsUnder(map.schemas) }
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
  return Object.is(locate({ path: root, value: from, schemas: [] }, keys, input, search).value, input)
}

function at(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
