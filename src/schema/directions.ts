import type { $ZodType } from 'zod/v4/core'
import { BrineError } from '../errors.ts'
import { changesValues } from './changes-values.ts'
import { inputSchema } from './input-schema.ts'
import { outputSchema, outputShape, shapeTakesMore } from './output-schema.ts'
import { checksChanged, runsTransforms } from './runs-transforms.ts'
import { partsOf, refersToItself } from './schema-parts.ts'
import { strictSchema } from './strict-schema.ts'

/** What a schema is on the way in and out. */
export interface Directions {
  /** What a value is parsed by before it is stored, where that is wanted and changes it. */
  readonly parsed: $ZodType | undefined
  /** What a value is held to before it is stored, but for what only a transform's output can be held to. */
  readonly checked: $ZodType
  /** The schema of what is stored. */
  readonly stored: $ZodType
  /** What a stored value is read by. */
  readonly read: $ZodType
  /**
   * What a stored value is read by first, where that was parsed by a union: `read` without the keys that an object does not declare. Else an alternative
   * that drops some may take what another made.
   */
  readonly exact: $ZodType | undefined
  /** Whether `checked` has checks that `stored` lacks. */
  readonly checksMore: boolean
  /** Whether `read` has checks that `stored` lacks. */
  readonly readsLess: boolean
  /** Whether reading gives another value than is stored. */
  readonly changes: boolean
  readonly isRecursive: boolean
}

/** Works out the directions of a schema. Throws CONTRACT_INVALID for one that never ends. */
export function directionsOf(
  schema: $ZodType,
  { refuseUndeclared, parseFirst }: { refuseUndeclared: boolean; parseFirst: boolean },
): Directions {
  try {
    const parsed = parseFirst && changesValues(schema) ? schema : undefined
    const strict = (given: $ZodType) => (refuseUndeclared ? strictSchema(given) : given)
    const output = parsed ? outputSchema(schema) : schema
    const changes = changesValues(output)
    const read = changes ? output : strict(output)
    const shape = parsed ? outputShape(schema) : schema
    const stored = parsed || changes ? strict(inputSchema(shape)) : read
    const readsLess = parsed !== undefined && shapeTakesMore(schema)
    const checksMore = parsed !== undefined || (changes && checksChanged(schema))
    const checked = checksMore ? strict(inputSchema(schema, runsTransforms)) : stored
    const isRecursive = !changes && refersToItself(output)
    const exact = parsed && hasUnion(output) ? strictSchema(output) : undefined
    return { parsed, exact, checked, stored, read, checksMore, readsLess, changes, isRecursive }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new BrineError('CONTRACT_INVALID', 'a schema never ends: a getter makes a new schema each time; refer to one')
  }
}

/** The directions of a value that was parsed and stored, and is stored once more. */
export function ofStored({ stored, read, exact, readsLess, changes, isRecursive }: Directions): Directions {
  return {
    parsed: undefined,
    exact,
    checked: read,
    stored,
    read,
    checksMore: readsLess,
    readsLess,
    changes,
    isRecursive,
  }
}

function hasUnion(schema: $ZodType, seen: Set<$ZodType> = new Set()): boolean {
  if (seen.has(schema)) return false
  seen.add(schema)
  if (schema._zod.def.type === 'union') return true
  return (partsOf(schema) ?? []).some((part) => hasUnion(part, seen))
}
