import type { $ZodRawIssue, ParseContextInternal } from 'zod/v4/core'
import { BrineError } from '../errors.ts'
import type { Effort } from './effort.ts'
import { stackHasRoom } from './stack-room.ts'

// Fewer issues than so many visits can find are no burden.
const manyVisits = 10_000
// With asynchronous checks zod keeps a promise for each visit, all of them until the last one has ended.
const ofPromises = 32
// Levels between two looks at the stack, fewer than it keeps room for.
const levels = 32

/** An object's parts: what they take, and the objects among them. */
export interface Whole {
  readonly cost: number
  readonly inside: readonly object[]
}

/**
 * One call of zod: the context that zod hands to each schema on its way. It counts what the schemas of counting-schema.ts do.
 *
 * Nothing is thrown while zod walks: zod keeps what it has open in a list of its own, and would keep that for good. A walk that is
 * refused ends with an issue in each place that it has yet to visit, and then the caller throws `refusal`.
 */
export class Walk implements ParseContextInternal {
  readonly async: boolean
  // Issues are told by their input. What zod does with it, it does where something failed alone.
  readonly reportInput = true
  abortEarly = false
  refusal: BrineError | undefined
  readonly effort: Effort
  #met: Map<object, Set<object>> | undefined
  #wholes: Map<object, Whole> | undefined
  #properties: Map<object, number> | undefined
  #spent = 0
  #depth = 0
  #sound = 2 * levels

  constructor(effort: Effort, { async }: { async: boolean }) {
    this.effort = effort
    this.async = async
  }

  /** What it has spent of the effort. */
  get spent(): number {
    return this.#spent
  }

  /** False when the walk is refused. */
  spend(visits: number): boolean {
    const effort = this.async ? visits * ofPromises : visits
    this.#spent += effort
    // zod may then end at the first issue, as far as it can.
    if (this.#spent > manyVisits) this.abortEarly = true
    if (!this.effort.spend(effort)) this.refusal ??= this.effort.refusal()
    return this.refusal === undefined
  }

  /** The objects that one schema has met. */
  metBy(schema: object): Set<object> {
    this.#met ??= new Map()
    const met = this.#met.get(schema) ?? new Set<object>()
    this.#met.set(schema, met)
    return met
  }

  /** What was listed of the objects that a schema may look at whole. */
  get wholes(): Map<object, Whole> {
    this.#wholes ??= new Map()
    return this.#wholes
  }

  /** How many properties an object has. They are listed once: that takes longer than what is done with many of them. */
  propertiesOf(value: unknown): number {
    if (typeof value !== 'object' || value === null) return 0
    this.#properties ??= new Map()
    const properties = this.#properties.get(value) ?? Object.keys(value).length
    this.#properties.set(value, properties)
    return properties
  }

  /** Refuses the walk when `check` throws. False when it is refused. */
  attempt(check: () => void): boolean {
    try {
      check()
    } catch (error) {
      if (!(error instanceof BrineError)) throw error
      this.refusal ??= error
    }
    return this.refusal === undefined
  }

  /** Goes one level deeper. False when the walk is refused. */
  enter(): boolean {
    this.#depth += 1
    if (this.#depth > this.#sound) {
      if (!stackHasRoom()) this.refusal ??= tooDeep()
      this.#sound = this.#depth + levels - 1
    }
    return this.refusal === undefined
  }

  leave(): void {
    this.#depth -= 1
  }

  /** The issue that stands for the refusal. */
  get issue(): $ZodRawIssue {
    return { code: 'custom', input: undefined, path: [], continue: false }
  }
}

function tooDeep(): BrineError {
  return new BrineError(
    'LIMIT_EXCEEDED',
    'its schema would look into it deeper than the stack can hold; flatten the value',
    { path: '$' },
  )
}
