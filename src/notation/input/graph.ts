import { BrineError } from '../../errors.ts'

interface Holder {
  object: object | undefined
  readonly depth: number
  /** How far out the cycles lead that go through it: the depth of the outermost object that something in it names. */
  reach: number
}

/**
 * The objects of one document that others in it name: `$id` says which one an object is, and `$ref` stands for it, before it is whole
 * too, as in a cycle. What builds instances of complete fields waits until the cycle that they stand in is read.
 */
export class Graph {
  readonly #known = new Map<number, Holder>()
  #waiting: (() => void)[] = []
  #reach = Number.POSITIVE_INFINITY

  /** The object that a `$ref` means. Throws PAYLOAD_INVALID. */
  find(id: number, path: string): object {
    const holder = this.#known.get(id)
    if (holder?.object === undefined) {
      const why = holder
        ? 'the model of the instance that it stands in makes it of complete fields, so that it cannot hold itself'
        : 'nothing before it has this $id'
      throw new BrineError('PAYLOAD_INVALID', `$ref: ${why}`, { path })
    }
    this.#reach = Math.min(this.#reach, holder.reach)
    return holder.object
  }

  /**
   * Has an object filled, that what stands in it may name. What `fill` gives is done when nothing that it was filled with is in a
   * cycle that is still being read; an object that is there only then is what `fill` itself returns.
   */
  hold<T extends object | undefined>(
    id: number | undefined,
    object: T,
    depth: number,
    fill: () => (() => object) | undefined,
  ): object {
    const holder: Holder = { object, depth, reach: depth }
    if (id !== undefined) this.#known.set(id, holder)
    const { outer, from } = this.#enter()
    const finish = fill()
    const isInCycle = this.#reach < depth
    holder.reach = isInCycle ? this.#reach : Number.POSITIVE_INFINITY
    if (isInCycle && object !== undefined) {
      if (finish) this.#waiting.push(finish)
    } else {
      this.#finishFrom(from)
      holder.object = finish?.() ?? object
    }
    this.#reach = Math.min(outer, holder.reach)
    return holder.object as object
  }

  /** Tries to read something; what waited for it does not when `attempt` throws, or gives undefined. Tells whether all of it is whole. */
  attempt<T>(attempt: (isWhole: () => boolean) => T | undefined): T | undefined {
    const { outer, from } = this.#enter()
    let done = false
    try {
      const result = attempt(() => this.#reach === Number.POSITIVE_INFINITY)
      done = result !== undefined
      return result
    } finally {
      if (!done) this.#waiting.length = from
      this.#reach = done ? Math.min(outer, this.#reach) : outer
    }
  }

  #enter(): { outer: number; from: number } {
    const outer = this.#reach
    this.#reach = Number.POSITIVE_INFINITY
    return { outer, from: this.#waiting.length }
  }

  #finishFrom(from: number): void {
    for (const finish of this.#waiting.splice(from)) finish()
  }
}
