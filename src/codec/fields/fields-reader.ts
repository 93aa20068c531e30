import type { Limits } from '../../limits/limits.ts'
import { Effort, visitsOf } from '../../schema/effort.ts'
import { deepestRecursion } from './fields-writer.ts'

/** What stands for a value that was not read: the text is then read the general way, which tells what is wrong with it. */
export const failed: unique symbol = Symbol('failed')

/** The values of a body of `fields/1` on their way back. */
export class FieldsReader {
  readonly values: readonly unknown[]
  readonly limits: Limits
  at = 0
  #objects = 0
  #depth = 0
  readonly #deepest: number
  #effort: Effort | undefined

  constructor(values: readonly unknown[], limits: Limits) {
    this.values = values
    this.limits = limits
    this.#deepest = Math.min(limits.maxDepth, deepestRecursion)
  }

  /** What zod may take with what is left to it. */
  get effort(): Effort {
    this.#effort ??= new Effort(visitsOf(this.limits))
    return this.#effort
  }

  /**
   * Goes into an object. False for one too deep, and where the other encoding might have too many entries, which it is to find out:
   * an instance has two beside its values, and none has more.
   */
  enter(): boolean {
    this.#depth += 1
    this.#objects += 1
    return this.#depth <= this.#deepest && this.values.length + 2 * this.#objects <= this.limits.maxNodes
  }

  leave(): void {
    this.#depth -= 1
  }

  next(): unknown {
    const value = this.values[this.at]
    this.at += 1
    return value
  }

  get isAtEnd(): boolean {
    return this.at === this.values.length
  }
}
