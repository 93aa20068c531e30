import { defaultLimits } from '../codec/limits.ts'
import { BrineError } from '../errors.ts'

/**
 * How much validating one text, or one value, may take: visits of objects and elements.
 *
 * zod walks a value as a tree. 49,000 references to one list of 49,000 numbers are a text of 250 KiB and a walk of 2.4 thousand
 * million steps; so is a list that thousands of instances share, each of whose fields are checked. So the steps are counted before
 * zod takes them (see visits.ts).
 */
export class Effort {
  readonly #most: number
  #left: number

  constructor(most: number) {
    this.#most = most
    this.#left = most
  }

  get left(): number {
    return this.#left
  }

  /** Throws LIMIT_EXCEEDED when that is more than is left. */
  spend(visits: number): void {
    this.#left -= visits
    if (this.#left < 0) {
      throw new BrineError(
        'LIMIT_EXCEEDED',
        `validating takes more than ${this.#most} visits, because what is shared is visited on each way that leads to it; share less, or raise limits.maxBytes`,
        { path: '$' },
      )
    }
  }
}

/**
 * The visits that validation may take under these limits. What is not shared takes one for every two bytes of its text or
 * fewer, and each alternative of a union may take as many again.
 */
export function visitsOf({ maxBytes = defaultLimits.maxBytes }: { maxBytes?: number | undefined } = {}): number {
  return 2 * maxBytes
}
