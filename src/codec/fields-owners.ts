import type { Node } from './node.ts'

/** Of which instance an object is the fields. They are an instance's alone: two instances over one object would read as one. */
export class FieldsOwners {
  readonly #owners = new Map<object, Node>()

  /** Gives what is wrong, if anything. */
  take(fields: object, node: Node): string | undefined {
    if (this.#owners.has(fields)) {
      return "the model's encode gave an object that is another instance's fields: give a fresh one, as { value }"
    }
    this.#owners.set(fields, node)
    for (let at: Node | undefined = node; at !== undefined; at = this.#owners.get(at.value)) {
      if (at.value === fields) return "the model's encode gave the instance itself: give its fields"
    }
    return undefined
  }
}
