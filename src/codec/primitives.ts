import { NAN, NEGATIVE_INFINITY, NEGATIVE_ZERO, POSITIVE_INFINITY } from './format.ts'
import { quote } from './quote.ts'

// Small integers are worth sharing, and a table as small as this cannot be made to collide: V8 hashes numbers without a
// seed, so that a Map of chosen ones takes seconds. Larger numbers are written where they stand.
const sharedIntegers = 256

/** The primitives of one body, each of which gets an entry when it is first met, or an index that needs none. */
export class Primitives {
  readonly #add: (text: string) => number
  readonly #strings = new Map<string, number>()
  readonly #integers: number[] = []
  readonly #constants = new Map<boolean | null, number>()

  constructor(add: (text: string) => number) {
    this.#add = add
  }

  number(value: number): number {
    if (Number.isInteger(value) && value >= 0 && value < sharedIntegers) {
      if (value === 0 && Object.is(value, -0)) return NEGATIVE_ZERO
      const known = this.#integers[value]
      if (known !== undefined) return known
      const at = this.#add(`${value}`)
      this.#integers[value] = at
      return at
    }
    if (Number.isNaN(value)) return NAN
    if (value === Infinity) return POSITIVE_INFINITY
    if (value === -Infinity) return NEGATIVE_INFINITY
    return this.#add(`${value}`)
  }

  string(value: string): number {
    const known = this.#strings.get(value)
    if (known !== undefined) return known
    const at = this.#add(quote(value))
    this.#strings.set(value, at)
    return at
  }

  constant(value: boolean | null): number {
    const known = this.#constants.get(value)
    if (known !== undefined) return known
    const at = this.#add(`${value}`)
    this.#constants.set(value, at)
    return at
  }
}
