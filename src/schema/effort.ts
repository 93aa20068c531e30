import { BrineError } from '../errors.ts'
import { KeyCollisions } from '../limits/key-collisions.ts'
import { defaultLimits } from '../limits/limits.ts'

/**
 * How much validating one text, or one value, may take. A visit is about what zod needs to look into one object or into one element
 * that an alternative refuses.
 *
 * zod walks a value as a tree. 49,000 references to one list of 49,000 numbers are a text of 250 KiB and a walk of 2.4 thousand
 * million steps; so is a list that thousands of instances share, each of whose fields are checked. So zod's steps are counted while
 * it takes them: see counting-schema.ts.
 */
export class Effort {
  readonly #most: number
  #left: number
  #collisions: KeyCollisions | undefined

  constructor(most: number) {
    this.#most = most
    this.#left = most
  }

  /** False when that is more than is left. */
  spend(visits: number): boolean {
    this.#left -= visits
    return this.#left >= 0
  }

  /** For a walk that begins once more. */
  giveBack(visits: number): void {
    this.#left += visits
  }

  /** What the numbers among the keys that zod copies may cost. */
  get collisions(): KeyCollisions {
    this.#collisions ??= new KeyCollisions()
    return this.#collisions
  }

  /** LIMIT_EXCEEDED, for when nothing is left. */
  refusal(): BrineError {
    return new BrineError(
      'LIMIT_EXCEEDED',
      `validating takes more than ${this.#most} visits, because a schema visits shared objects once for each path to them; share less, or raise limits.maxBytes`,
      { path: '$' },
    )
  }
}

/**
 * The visits that validation may take under these limits. A value without shared objects takes one for every two bytes of its text or
 * fewer, and each alternative of a union may take as many again.
 */
export function visitsOf({ maxBytes = defaultLimits.maxBytes }: { maxBytes?: number | undefined } = {}): number {
  return 2 * maxBytes
}
