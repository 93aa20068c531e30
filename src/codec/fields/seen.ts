// So many are compared with each other faster than a set is made.
const few = 20
// Objects that are shared level by level are met exponentially often; nobody waits for the end of that.
const firstLook = 256

/** The objects that were met in one value. One that is met twice is shared, which only the general encoding can tell. */
export class Seen {
  readonly #objects: object[] = []
  #nextLook = firstLook

  /** False when something was found to be shared, which is looked for now and then. */
  add(object: object): boolean {
    if (this.#objects.push(object) < this.#nextLook) return true
    this.#nextLook *= 2
    return this.areDistinct
  }

  get areDistinct(): boolean {
    const objects = this.#objects
    if (objects.length > few) return new Set(objects).size === objects.length
    for (let index = objects.length - 1; index > 0; index -= 1) {
      if (objects.indexOf(objects[index] as object) < index) return false
    }
    return true
  }

  get size(): number {
    return this.#objects.length
  }

  /** Forgets all but the first `size`. */
  truncate(size: number): void {
    this.#objects.length = size
  }
}
