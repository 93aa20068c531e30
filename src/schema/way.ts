import type { $ZodType } from 'zod/v4/core'
import { type Holder, identified, property, root, step, unnamed } from '../path.ts'
import { partsUnder, schemasUnder } from './declared-names.ts'

/**
 * Which names of properties a path prints beside those that a schema declares:
 *
 * - `declared`: none. Each of them may be data, such as somebody's address, so the path gives its position: `$.labels.value(0)`.
 * - `identifiers`: those about which no schema says anything, as within `z.unknown()`, if they look like a program's. The keys of a
 *   record are data by its definition, and are never printed.
 * - `all`: every name, for paths that are compared and never shown.
 *
 * See printed-names.ts for who uses which.
 */
export type Names = 'declared' | 'identifiers' | 'all'

/** A path on its way into a value, with the schemas of the value that it has reached. The one place that prints names. */
export class Way {
  readonly path: string
  /** The same with all names, to compare with others. Never to be shown. */
  readonly key: string
  readonly schemas: readonly $ZodType[]
  readonly #names: Names

  constructor(names: Names, schemas: readonly $ZodType[], path = root, key = path) {
    this.#names = names
    this.schemas = schemas
    this.path = path
    this.key = key
  }

  /**
   * To a property. `position` is that of its name among the names of its object, or -1 where that leads nowhere. `isData`: unless a
   * schema declares the name, it is known to be data.
   */
  name(name: string, position: number, isData = false): Way {
    const { isDeclared, isOpen, under } = schemasUnder(this.schemas, name)
    const key = property(this.key, name)
    if (isDeclared) return this.#to(property(this.path, name), key, under)
    if (this.#names === 'all') return this.#to(key, key, under)
    const isPrinted = this.#names === 'identifiers' && !isOpen && !isData
    return this.#to(isPrinted ? identified(this.path, name) : unnamed(this.path, position), key, under)
  }

  /** To a property that the language has named, such as the cause of an error. */
  known(name: string): Way {
    return this.#to(property(this.path, name), property(this.key, name), partsUnder(this.schemas))
  }

  /** To an element, a member, a key or a value. */
  part(holder: Holder, position: number): Way {
    return this.#to(step(this.path, holder, position), step(this.key, holder, position), partsUnder(this.schemas))
  }

  /** To the fields of an instance, which are at its own place. */
  fields(schema: $ZodType): Way {
    return this.#to(this.path, this.key, [schema])
  }

  #to(path: string, key: string, schemas: readonly $ZodType[]): Way {
    return new Way(this.#names, schemas, path, key)
  }
}
