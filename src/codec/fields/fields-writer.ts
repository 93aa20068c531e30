import type { Limits } from '../../limits/limits.ts'
import { Effort, visitsOf } from '../../schema/effort.ts'
import type { CodecContext } from '../codec-context.ts'
import type { ReadMemo } from './read-memo.ts'
import { Seen } from './seen.ts'

/** Objects within objects that are written and read by closures, which recurse. What is deeper goes the general way. */
export const deepestRecursion = 64

/** One value on its way to a body of `fields/1`. */
export class FieldsWriter {
  readonly values: unknown[] = []
  readonly limits: Limits
  readonly memo: ReadMemo
  readonly stacks: boolean
  /** Entries that the other encoding would have beside one for each of the values, or more. */
  objects = 0
  #depth = 0
  #seen = new Seen()
  readonly #deepest: number
  #effort: Effort | undefined

  constructor({ limits, stacks }: Pick<CodecContext, 'limits' | 'stacks'>, memo: ReadMemo) {
    this.limits = limits
    this.stacks = stacks
    this.memo = memo
    this.#deepest = Math.min(limits.maxDepth, deepestRecursion)
  }

  /** What zod may take with what is left to it. */
  get effort(): Effort {
    this.#effort ??= new Effort(visitsOf(this.limits))
    return this.#effort
  }

  /** Goes into an object. False for one too deep, and when one was found that was met before. */
  enter(object: object): boolean {
    this.#depth += 1
    return this.#depth <= this.#deepest && this.#seen.add(object)
  }

  leave(): true {
    this.#depth -= 1
    return true
  }

  /** Writes what `attempt` does, or nothing when it gives false. */
  try(attempt: () => boolean): boolean {
    const { objects } = this
    const [length, seen, depth] = [this.values.length, this.#seen.size, this.#depth]
    if (attempt()) return true
    this.values.length = length
    this.objects = objects
    this.#seen.truncate(seen)
    this.#depth = depth
    return false
  }

  /**
   * Whether what was written is all there is to say: no object was met twice, and the other encoding would not be over
   * `maxNodes`, which else it is to find out.
   */
  get isWhole(): boolean {
    return this.values.length + this.objects <= this.limits.maxNodes && this.#seen.areDistinct
  }
}
