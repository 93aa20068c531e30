import {
  type $ZodIntersection,
  type $ZodIssue,
  type $ZodRawIssue,
  type $ZodType,
  $ZodUnknown,
  type ParsePayload,
} from 'zod/v4/core'
import { cloneWith } from './clone-with.ts'
import { Walk } from './walk.ts'

/**
 * A copy of an intersection that looks at what both sides gave before zod merges it: zod compares each name of one with each name
 * of the other, and merges shared objects once for each path to them.
 */
export function countMerge(schema: $ZodType): $ZodType {
  const { def } = (schema as $ZodIntersection)._zod
  const [left, right] = [new Given(), new Given()]
  const copy = cloneWith(schema as $ZodIntersection, { left: left.schema, right: right.schema })
  const { parse } = copy._zod
  copy._zod.parse = (payload, walk) => {
    const merge = ([one, other]: [ParsePayload, ParsePayload]) => {
      if (walk instanceof Walk && !spendMerge(one, other, walk)) {
        // Of two that are one there is nothing to merge.
        one.value = other.value = undefined
        other.issues = [walk.issue]
      }
      left.payload = one
      right.payload = other
      return parse(payload, walk)
    }
    const { value } = payload
    const one = def.left._zod.run({ value, issues: [] }, walk)
    const other = def.right._zod.run({ value, issues: [] }, walk)
    return one instanceof Promise || other instanceof Promise
      ? Promise.all([one, other]).then(merge)
      : merge([one, other])
  }
  if (!def.checks?.length) copy._zod.run = copy._zod.parse
  return copy
}

/** A side that gives what it is given, once. */
class Given {
  readonly schema = new $ZodUnknown({ type: 'unknown' })
  payload: ParsePayload | undefined

  constructor() {
    this.schema._zod.run = (payload) => {
      const given = this.payload ?? payload
      this.payload = undefined
      return given
    }
  }
}

// zod finds a name among others about so many times faster than it visits an object.
const namesOfVisit = 128

function spendMerge(one: ParsePayload, other: ParsePayload, walk: Walk): boolean {
  if (!walk.spend((strays(one) * strays(other)) / namesOfVisit)) return false
  const pairs: [unknown, unknown][] = [[one.value, other.value]]
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [left, right] = pair
    if (left === right || !isObject(left) || !isObject(right)) continue
    if (Array.isArray(left) && Array.isArray(right)) {
      if (!walk.spend(1 + left.length)) return false
      for (const [index, element] of left.entries()) pairs.push([element, right[index]])
      continue
    }
    const names = Object.keys(left)
    if (!walk.spend(1 + names.length + (names.length * Object.keys(right).length) / namesOfVisit)) return false
    for (const name of names) {
      if (Object.hasOwn(right, name)) pairs.push([Reflect.get(left, name), Reflect.get(right, name)])
    }
  }
  return true
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The names that a side refuses, which zod looks for among those that the other side refuses. */
function strays({ issues }: ParsePayload): number {
  return issues.reduce((sum, issue) => sum + straysOf(issue), 0)
}

function straysOf(issue: $ZodRawIssue<$ZodIssue>): number {
  if (issue.code === 'unrecognized_keys') return issue.keys.length
  return issue.code === 'invalid_key' ? 1 : 0
}
