import { types } from 'node:util'
import type { $ZodIssue } from 'zod/v4/core'
import { describeCopyOf } from '../realm/second-copy.ts'
import { classesOf } from './declared-names.ts'
import { locate, locateEntry, locateKey, locateName, type Place } from './issue-path.ts'
import { isNoSubstitute } from './substitute.ts'

/** An issue in our own words: zod's message may be the user's, made from the value. */
export interface Description {
  path: string
  text: string
}

const mostValues = 6

/** Says where an issue is and what was expected there; never what was found, but for its kind. */
export function describeIssue(issue: $ZodIssue, from: Place): Description {
  const place = locate(from, issue.path, issue.input)
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'nonoptional') return { path: place.way.path, text: 'is required' }
      return {
        path: place.way.path,
        text: copyAt(place, issue.input) ?? `expected ${nameOf(issue.expected)}, got ${kindOf(issue.input)}`,
      }
    case 'too_big':
      return { path: place.way.path, text: limit('at most', 'below', issue.maximum, issue) }
    case 'too_small':
      return { path: place.way.path, text: limit('at least', 'above', issue.minimum, issue) }
    case 'invalid_format':
      return { path: place.way.path, text: `expected a string of the format ${issue.format}` }
    case 'not_multiple_of':
      return { path: place.way.path, text: `expected a multiple of ${issue.divisor}` }
    case 'invalid_value':
      return { path: place.way.path, text: `expected ${oneOf(issue.values)}` }
    case 'unrecognized_keys': {
      const { length } = issue.keys
      return {
        path: place.way.path,
        text: `has ${length} ${length === 1 ? 'key' : 'keys'} that the schema does not declare`,
      }
    }
    case 'invalid_union':
      return describeUnion(issue, place)
    case 'invalid_key': {
      const [inner] = issue.issues
      if (inner === undefined) {
        const at = issue.origin === 'record' ? locateName(from, issue.path) : place
        return { path: at.way.path, text: 'its key is not allowed' }
      }
      if (issue.origin === 'record') {
        const name = locateName(from, issue.path)
        return { path: name.way.path, text: describeIssue(inner, name).text }
      }
      return describeIssue(inner, locateKey(place, inner.path, inner.input))
    }
    case 'invalid_element': {
      const [inner] = issue.issues
      const entry = locateEntry(place, issue.key)
      return inner ? describeIssue(inner, entry) : { path: entry.way.path, text: 'is not allowed' }
    }
    default:
      return { path: place.way.path, text: 'does not pass a check of its schema' }
  }
}

/** What to say of an instance of another copy of the class that is asked for here. */
function copyAt({ way: { schemas } }: Place, value: unknown): string | undefined {
  for (const modelClass of classesOf(schemas)) {
    const copy = describeCopyOf(value, modelClass)
    if (copy !== undefined) return copy
  }
  return undefined
}

// Of a class without a name.
function nameOf(expected: string): string {
  return expected === '' ? "an instance of the model's class" : expected
}

/** Of the alternatives, the one that the value was meant for: the only one that it fits but for something inside it. */
function describeUnion(issue: Extract<$ZodIssue, { code: 'invalid_union' }>, place: Place): Description {
  if (issue.discriminator !== undefined) {
    return { path: place.way.path, text: 'matches none of the alternatives that are told apart by this' }
  }
  const errors = issue.errors.filter((issues) => !isNoSubstitute(issues))
  const [only] = errors.length === 1 && errors.length < issue.errors.length ? (errors[0] ?? []) : []
  if (only) return describeIssue(only, place)
  const near = errors.filter((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0))
  const [inner] = near.length === 1 ? (near[0] ?? []) : []
  if (inner) return describeIssue(inner, place)
  return { path: place.way.path, text: copyAt(place, issue.input) ?? 'matches none of the allowed alternatives' }
}

function limit(
  inclusive: string,
  exclusive: string,
  bound: number | bigint,
  issue: { origin: string; inclusive?: boolean; exact?: boolean },
): string {
  const how = issue.exact === true ? 'exactly' : issue.inclusive === false ? exclusive : inclusive
  const shown = issue.origin === 'date' ? new Date(Number(bound)).toISOString() : `${bound}`
  const units: Record<string, string> = {
    string: ' characters',
    array: ' elements',
    set: ' members',
    map: ' entries',
    file: ' bytes',
  }
  return `expected ${how} ${shown}${units[issue.origin] ?? ''}`
}

function oneOf(values: readonly unknown[]): string {
  const shown = values
    .slice(0, mostValues)
    .map((value) => (typeof value === 'string' ? JSON.stringify(value) : String(value)))
  if (values.length > mostValues) shown.push('…')
  return shown.length === 1 ? `${shown[0]}` : `one of ${shown.join(', ')}`
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'an invalid date' : 'date'
  if (types.isMap(value)) return 'map'
  if (types.isSet(value)) return 'set'
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return typeof value
}
