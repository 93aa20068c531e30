import { hole } from './form/leaf-forms.ts'
import type { Anatomy, Part } from './inspect-object.ts'
import { type Leaf, leafOf } from './leaf.ts'
import { plainLine } from './quote.ts'
import type { Secrecy } from './secrecy.ts'

/** How much of a value is shown. */
export interface Bounds {
  /** Parts of one object, elements of one array, entries of one Map or Set. */
  readonly maxItems: number
  /** Objects within objects. */
  readonly maxDepth: number
  /** Characters of one text. */
  readonly maxString: number
  /** Characters in all. */
  readonly maxChars: number
}

/** A value as it is shown: each object once, and names of it wherever else it stands. */
export type Shown =
  | ({ readonly kind: 'leaf' } & Leaf)
  | { readonly kind: 'hidden' }
  /** An object too deep, or too far, to be looked into. */
  | { readonly kind: 'cut'; readonly label: string }
  | { readonly kind: 'ref'; readonly to: Holder; readonly how: 'Circular' | 'Shared' }
  | Holder

export interface Holder {
  readonly kind: 'holder'
  readonly anatomy: Anatomy
  readonly items: readonly Item[]
  /** Parts that are not shown. */
  readonly more: number
  /** Of an error. */
  readonly message?: Leaf | undefined
  /** Set when it is named elsewhere. */
  number?: number
}

export interface Item {
  readonly at: Part['at']
  /** Of a property; undefined for one that is hidden. */
  readonly name?: string | undefined
  /** Of what an error has without showing it. */
  readonly unseen?: boolean | undefined
  /** Of an entry of a Map. */
  readonly key?: Shown
  readonly value: Shown
}

export interface OutlineOptions {
  readonly bounds: Bounds
  readonly secrecy: Secrecy
  readonly anatomyOf: (value: object) => Anatomy | undefined
  /** Whether it may show the passwords of URLs. */
  readonly reveal: boolean
  /** Whether its length as JSON counts, where bytes are written out, or that of its text. */
  readonly asJson: boolean
}

/** Lays a value out, each object once, so that what is small as a graph stays small. */
export function outline(value: unknown, options: OutlineOptions): Shown {
  return new Outliner(options).run(value)
}

const hidden: Shown = { kind: 'hidden' }
// Of what stands around a part: a name, a comma, a space or two.
const around = 4

class Outliner {
  readonly #options: OutlineOptions
  readonly #holders = new Map<object, Holder>()
  readonly #open = new Set<object>()
  #left: number
  #count = 0

  constructor(options: OutlineOptions) {
    this.#options = options
    this.#left = options.bounds.maxChars
  }

  run(value: unknown): Shown {
    return this.#options.secrecy.isHidden ? hidden : this.#show(value, 0)
  }

  #show(value: unknown, depth: number): Shown {
    const { bounds, anatomyOf, reveal, asJson } = this.#options
    const anatomy = typeof value === 'object' && value !== null ? anatomyOf(value) : undefined
    if (anatomy === undefined) {
      const leaf = leafOf(value, bounds.maxString, reveal)
      this.#left -= (asJson && typeof leaf.json === 'object' ? JSON.stringify(leaf.json) : leaf.text).length + around
      return { kind: 'leaf', ...leaf }
    }
    const object = value as object
    const known = this.#holders.get(object)
    if (known) {
      this.#left -= around
      known.number ??= this.#count += 1
      return { kind: 'ref', to: known, how: this.#open.has(object) ? 'Circular' : 'Shared' }
    }
    const message = anatomy.message === undefined ? undefined : leafOf(anatomy.message, bounds.maxString, reveal)
    this.#left -= anatomy.label.length + (message?.text.length ?? 0) + around
    if ((depth >= bounds.maxDepth || this.#left < 0) && anatomy.size > 0) {
      return { kind: 'cut', label: anatomy.label || (anatomy.kind === 'array' ? 'Array' : 'Object') }
    }
    const items: Item[] = []
    const holder: Holder & { more: number } = { kind: 'holder', anatomy, items, message, more: 0 }
    this.#holders.set(object, holder)
    this.#open.add(object)
    for (const part of anatomy.parts()) {
      if (items.length >= bounds.maxItems || this.#left < 0) break
      items.push(this.#item(object, part, depth + 1))
    }
    this.#open.delete(object)
    holder.more = anatomy.size - items.length
    return holder
  }

  #item(holder: object, part: Part, depth: number): Item {
    const hides = this.#options.secrecy.hides(holder, part)
    const show = (value: unknown, isHidden: boolean) => (isHidden && value !== hole ? hidden : this.#show(value, depth))
    const value = show(part.value, hides.value)
    if (part.at === 'entry') return { at: part.at, key: show(part.key, hides.key), value }
    if (part.at !== 'name') return { at: part.at, value }
    this.#left -= plainLine(part.name, this.#options.bounds.maxString).length
    return { at: part.at, name: hides.key ? undefined : part.name, unseen: part.unseen, value }
  }
}
