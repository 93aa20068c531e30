import type { $ZodObject, $ZodType, $ZodTypes, ParsePayload } from 'zod/v4/core'
import { clone } from 'zod/v4/core'
import { refuseCostlyHost } from '../limits/costly-host.ts'
import { cloneWith } from './clone-with.ts'
import { countMerge } from './count-merge.ts'
import { rewriteSchema, withParts } from './rewrite-schema.ts'
import { isAddress, kindOf } from './schema-kind.ts'
import { type Spend, spendOf } from './spend.ts'
import { costOfCharacter, isCostly } from './text-cost.ts'
import { Walk } from './walk.ts'
import { Scales } from './weigh-schema.ts'

// So much of the schema itself takes no longer than the schema is.
const fewVisits = 10_000
// More issues of one part than anybody reads. zod copies those of a shared part to each place where it is met.
export const mostIssues = 100

/**
 * A copy of a schema, in which each part that may take long counts what zod does, while zod does it: how long a list is, how often a
 * shared object is met, what a transform gave and the next schema gets. Where zod looks is zod's alone to know.
 *
 * Undefined for a schema whose walks are no longer than itself.
 */
export function countingSchema(root: $ZodType): $ZodType | undefined {
  const scales = new Scales()
  if (scales.weigh(root).all <= fewVisits) return undefined
  const unresolved: $ZodObject[] = []
  const copy = rewriteSchema(root, (schema, into) => {
    if (scales.isFree(schema)) return schema
    if (kindOf(schema) === 'text') return textCounted(schema)
    if (!scales.isCounted(schema)) return undefined
    const kind = kindOf(schema)
    const isRemembered = (kind === 'fixed' || kind === 'many') && scales.isRecursive(schema)
    const spend = isRemembered ? onceEach(spendOf(schema, scales)) : spendOf(schema, scales)
    if (kind === 'both') return counted(countMerge(withParts(schema, into)), spend)
    const { def } = (schema as $ZodTypes)._zod
    if (def.type === 'object') {
      const object = lateObject(schema as $ZodObject, into)
      unresolved.push(object)
      return counted(object, spend)
    }
    const parts = withParts(schema, into)
    return counted(parts === schema ? clone(schema, def) : parts, spend)
  })
  // Now that each copy is known, those that refer to themselves find it. zod asks for all shapes to see which schemas do.
  for (let object = unresolved.pop(); object; object = unresolved.pop()) void object._zod.def.shape
  return copy
}

/** An object's copy, whose parts are copied when they are asked for. */
function lateObject(schema: $ZodObject, into: (part: $ZodType) => $ZodType): $ZodObject {
  const { def } = schema._zod
  const shape: Record<string, $ZodType> = {}
  for (const [name, part] of Object.entries(def.shape)) {
    Object.defineProperty(shape, name, { enumerable: true, configurable: true, get: () => into(part) })
  }
  return cloneWith(schema, { shape, ...(def.catchall && { catchall: into(def.catchall) }) })
}

function counted(schema: $ZodType, spend: Spend): $ZodType {
  const { run } = schema._zod
  schema._zod.run = (payload, walk) => {
    // The checks that look inside give a context of their own: what they do is spent before.
    if (!(walk instanceof Walk)) return run(payload, walk)
    if (!walk.enter() || !spend(payload.value, walk)) {
      walk.leave()
      payload.issues.push(walk.issue)
      return payload
    }
    const result = run(payload, walk)
    walk.leave()
    return result instanceof Promise ? result.then(cut) : cut(result)
  }
  return schema
}

// Most texts are short, and cost their holder no more than it spends for them.
const shortText = 64

function textCounted(schema: $ZodType): $ZodType {
  const copy = clone(schema, schema._zod.def)
  const { run } = copy._zod
  const address = isAddress(schema)
  const perCharacter = costOfCharacter(schema)
  const free = isCostly(perCharacter) ? 0 : shortText
  copy._zod.run = (payload, walk) => {
    const { value } = payload
    if (typeof value !== 'string' || value.length <= free || !(walk instanceof Walk)) return run(payload, walk)
    const isSpent = walk.spend(value.length * perCharacter)
    if (isSpent && (!address || walk.attempt(() => refuseCostlyHost(value.trim(), () => '$'))))
      return run(payload, walk)
    payload.issues.push(walk.issue)
    return payload
  }
  return copy
}

/** zod remembers what it made of an object by a schema that refers to itself, and has it at once when it meets it again. */
function onceEach(spend: Spend): Spend {
  let last: Walk | undefined
  let met = new Set<object>()
  return (value, walk) => {
    if (typeof value !== 'object' || value === null) return spend(value, walk)
    if (last !== walk) {
      met = walk.metBy(spend)
      last = walk
    }
    if (met.has(value)) return walk.spend(1)
    met.add(value)
    return spend(value, walk)
  }
}

function cut(payload: ParsePayload): ParsePayload {
  if (payload.issues.length > mostIssues) payload.issues.length = mostIssues
  return payload
}
