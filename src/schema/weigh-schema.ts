import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import { isAddress, kindOf } from './schema-kind.ts'
import { heldBy, wrappedBy } from './schema-parts.ts'

/** What one value of a schema takes, in visits. */
export interface Weight {
  /** With all that is inside. Infinity where that depends on the value. */
  all: number
  /** The part of it that is not spent by schemas inside which are counted themselves. */
  charge: number
  readsTexts: boolean
}

/** A visit is what zod needs for a small object: about a third of a microsecond, where this was measured. */
export const visits = {
  object: 1,
  /** Of a value that is in order. */
  step: 0.125,
  /** Of what an alternative refuses. */
  refused: 0.25,
  /** Of an error that zod makes for a `catch`, or of a name. */
  caught: 8,
  /** Of each part that is copied, beside its own schema's. */
  element: 0.375,
  member: 0.75,
  entry: 1.5,
  /** Of a text that is read; text-cost.ts has what its characters take. */
  text: 0.5,
  /** Of a property that is frozen. */
  frozen: 1 / 16,
} as const

// So little is part of what the holder takes.
const small = 32

/** Weighs schemas, each once. */
export class Scales {
  readonly #weights = new Map<$ZodType, Weight>()
  readonly #open = new Set<$ZodType>()
  readonly #recursive = new Map<$ZodType, boolean>()

  /** Whether a schema spends what it takes, so that its holder need not. */
  isCounted(schema: $ZodType): boolean {
    switch (kindOf(schema)) {
      case 'text':
      case 'frozen':
      case 'whole':
      case 'many':
        return true
      case 'fixed':
      case 'both':
      case 'lazy':
        return this.weigh(schema).all > small
      default:
        return false
    }
  }

  /** Whether nothing in a schema is counted. */
  isFree(schema: $ZodType): boolean {
    const { all, readsTexts } = this.weigh(schema)
    return all <= small && !readsTexts
  }

  weigh(schema: $ZodType): Weight {
    const known = this.#weights.get(schema)
    if (known) return known
    const infinite = { all: Infinity, charge: visits.object, readsTexts: false }
    // It refers to itself, which it does through an object or a lazy schema.
    if (this.#open.has(schema)) return infinite
    this.#open.add(schema)
    const weight = this.#weighOnce(schema) ?? infinite
    this.#open.delete(schema)
    this.#weights.set(schema, weight)
    return weight
  }

  /** Whether a schema has itself, or one that refers to itself, inside: then zod visits each object once, and remembers it. */
  isRecursive(schema: $ZodType): boolean {
    const known = this.#recursive.get(schema)
    if (known !== undefined) return known
    // Until all inside is known, whoever comes back here has found a cycle.
    this.#recursive.set(schema, true)
    const found = (wrappedBy(schema) ?? heldBy(schema)).map((part) => this.isRecursive(part)).includes(true)
    this.#recursive.set(schema, found)
    return found
  }

  /** What the parts of a schema take, that are not counted themselves. */
  charge(parts: readonly $ZodType[]): number {
    return parts.reduce((sum, part) => sum + this.weigh(part).charge, 0)
  }

  #weighOnce(schema: $ZodType): Weight | undefined {
    switch (kindOf(schema)) {
      case 'leaf':
        return { all: visits.step, charge: visits.step, readsTexts: false }
      case 'text':
        return { all: isAddress(schema) ? Infinity : visits.text, charge: visits.text, readsTexts: true }
      case 'frozen':
      case 'whole':
      case 'many':
        return undefined
      case 'wrapper':
        return this.#sum(schema)
      default: {
        const weight = this.#sum(schema)
        return weight.all <= small ? weight : { ...weight, charge: visits.object }
      }
    }
  }

  #sum(schema: $ZodType): Weight {
    const { def } = (schema as $ZodTypes)._zod
    const parts = (wrappedBy(schema) ?? heldBy(schema)).map((part) => this.weigh(part))
    const own = ownOf(def.type, parts.length)
    const charges = parts.map(({ charge }) => charge)
    return {
      all: parts.reduce((sum, { all }) => sum + all, own),
      // Of alternatives that the discriminator tells apart, zod tries one.
      charge: own + ('discriminator' in def ? Math.max(0, ...charges) : charges.reduce((sum, one) => sum + one, 0)),
      readsTexts: parts.some(({ readsTexts }) => readsTexts),
    }
  }
}

function ownOf(type: string, parts: number): number {
  switch (type) {
    case 'union':
      return visits.step + parts * visits.refused
    case 'catch':
      return visits.caught
    case 'object':
    case 'tuple':
    case 'intersection':
      return visits.object
    default:
      return visits.step
  }
}
