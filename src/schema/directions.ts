import type { $ZodType } from 'zod/v4/core'
import { BrineError } from '../errors.ts'
import { changesValues } from './changes-values.ts'
import { inputSchema } from './input-schema.ts'
import { outputSchema } from './output-schema.ts'
import { checksChanged, runsTransforms } from './runs-transforms.ts'
import { refersToItself } from './schema-parts.ts'
import { strictSchema } from './strict-schema.ts'

/** What a schema is on the way in and out. */
export interface Directions {
  /** What a value is parsed by before it is stored, where that is wanted and changes it. */
  readonly parsed: $ZodType | undefined
  /** Whether `read` may refuse what comes of `parsed`. */
  readonly isDoubtful: boolean
  /** What a value is held to before it is stored, but for what only a transform's output can be held to. */
  readonly checked: $ZodType
  /** The schema of what is stored. */
  readonly stored: $ZodType
  /** What a stored value is read by. */
  readonly read: $ZodType
  /** Whether `checked` has checks that `stored` lacks. */
  readonly checksMore: boolean
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
    let isDoubtful = false
    const doubt = () => {
      isDoubtful = true
    }
    const output = parsed ? outputSchema(schema, doubt) : schema
    const changes = changesValues(output)
    const read = changes ? output : strict(output)
    const stored = changes ? strict(inputSchema(output)) : read
    const checksMore = parsed !== undefined || (changes && checksChanged(schema))
    const checked = checksMore ? strict(inputSchema(schema, runsTransforms)) : stored
    const isRecursive = !changes && refersToItself(output)
    return { parsed, isDoubtful, checked, stored, read, checksMore, changes, isRecursive }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new BrineError('CONTRACT_INVALID', 'a schema never ends: a getter makes a new schema each time; refer to one')
  }
}
