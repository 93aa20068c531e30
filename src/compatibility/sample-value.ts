import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import { decodeInstance } from '../model/decode-instance.ts'
import type { Model } from '../model/model.ts'
import { modelOf } from '../model/model-of.ts'
import { Effort, visitsOf } from '../schema/effort.ts'
import { describeChecks } from './describe-checks.ts'
import { sampleNumber, sampleText, sizeOf } from './sample-leaves.ts'

/** Nothing that a schema takes could be made up. */
export class NoSample extends Error {
  override readonly name = 'NoSample'
}

export interface SampleChoice {
  /** Whether what may be missing is there. */
  full: boolean
  /** Which alternative is taken of unions and enums: this one, counted around. */
  turn: number
}

const deepest = 12
const fullTo = 3

/**
 * A value that a schema takes, the same each time. Nothing is asked of the schema: whoever uses the value lets it be checked.
 * Throws NoSample.
 */
export function sampleValue(schema: $ZodType, models: readonly Model[], choice: SampleChoice): unknown {
  return new Sampler(models, choice).value(schema, 0)
}

class Sampler {
  readonly #models: readonly Model[]
  readonly #choice: SampleChoice

  constructor(models: readonly Model[], choice: SampleChoice) {
    this.#models = models
    this.#choice = choice
  }

  value(schema: $ZodType, depth: number): unknown {
    if (depth > deepest) throw new NoSample()
    const inside = (part: $ZodType) => this.value(part, depth + 1)
    const { def } = (schema as $ZodTypes)._zod
    const checks = describeChecks(schema)
    switch (def.type) {
      case 'string':
        return sampleText(checks)
      case 'number':
        return sampleNumber(checks)
      case 'bigint':
        return BigInt(sampleNumber(checks))
      case 'boolean':
        return true
      case 'date':
        return new Date(String(checks.min ?? checks.max ?? '2026-01-02T03:04:05.678Z'))
      case 'undefined':
      case 'void':
        return undefined
      case 'null':
        return null
      case 'nan':
        return Number.NaN
      case 'any':
      case 'unknown':
        return 'anything'
      case 'enum':
        return this.#turn(Object.values(def.entries))
      case 'literal':
        return this.#turn(def.values)
      case 'union':
        return inside(this.#turn(def.options))
      case 'object':
        return this.#object(def.shape, depth)
      case 'array':
        return this.#many(checks, depth, () => inside(def.element))
      case 'set':
        return new Set(this.#many(checks, depth, () => inside(def.valueType)))
      case 'map':
        return new Map(this.#many(checks, depth, () => [inside(def.keyType), inside(def.valueType)] as const))
      case 'record':
        return this.#record(def, depth)
      case 'tuple':
        return def.items.map(inside)
      case 'intersection':
        return Object.assign({}, inside(def.left), inside(def.right))
      case 'optional':
      case 'default':
      case 'prefault':
        return this.#isFull(depth) ? inside(def.innerType) : undefined
      case 'nullable':
        return this.#isFull(depth) ? inside(def.innerType) : null
      case 'nonoptional':
      case 'readonly':
      case 'catch':
        return inside(def.innerType)
      case 'lazy':
        return this.value(def.getter(), depth)
      case 'pipe':
        // A preprocess takes what nobody can tell; mostly it takes what it gives, too.
        return inside((def.in as $ZodTypes)._zod.def.type === 'transform' ? def.out : def.in)
      case 'custom':
        return this.#instance(schema, depth)
      default:
        throw new NoSample()
    }
  }

  #object(shape: Readonly<Record<string, $ZodType>>, depth: number): object {
    const made: Record<string, unknown> = {}
    // Sorted, so that an author's other order makes no other text.
    for (const [name, field] of Object.entries(shape).sort(([one], [other]) => (one < other ? -1 : 1))) {
      if ((field as $ZodTypes)._zod.optin !== undefined && !this.#isFull(depth)) continue
      const value = this.value(field, depth + 1)
      if (value !== undefined || (field as $ZodTypes)._zod.optin === undefined) made[name] = value
    }
    return made
  }

  #record({ keyType, valueType }: { keyType: $ZodType; valueType: $ZodType }, depth: number): object {
    const { values } = (keyType as $ZodTypes)._zod
    const names = values ? [...values].map(String) : this.#isFull(depth) ? [String(this.value(keyType, depth + 1))] : []
    return Object.fromEntries(names.map((name) => [name, this.value(valueType, depth + 1)]))
  }

  #many<T>(checks: ReturnType<typeof describeChecks>, depth: number, make: () => T): T[] {
    return Array.from({ length: sizeOf(checks, this.#isFull(depth) ? 1 : 0) }, make)
  }

  /** An instance of the model that a schema of `z.instanceof` accepts, as it would come back from its fields. */
  #instance(schema: $ZodType, depth: number): object {
    const model = modelOf(schema, this.#models)
    if (model === undefined || !('fields' in model)) throw new NoSample()
    return this.instance(model, depth)
  }

  instance(model: Model, depth: number): object {
    const fields = this.value(model.fields, depth + 1)
    const { back } = model
    const effort = new Effort(visitsOf())
    return decodeInstance(model, fields, back.kind === 'populate' ? back.allocate() : undefined, effort) as object
  }

  // What refers to itself ends where it may.
  #isFull(depth: number): boolean {
    return this.#choice.full && depth < fullTo * 2
  }

  #turn<T>(of: readonly T[]): T {
    if (of.length === 0) throw new NoSample()
    return of[this.#choice.turn % of.length] as T
  }
}

/** An instance of a model, made of fields that it takes. Throws NoSample, and what the model's own code throws. */
export function sampleInstance(model: Model, models: readonly Model[], choice: SampleChoice): object {
  return new Sampler(models, choice).instance(model, 0)
}
