import { $ZodExactOptional, type $ZodType, type $ZodTypes } from 'zod/v4/core'
import type { Model } from '../model/model.ts'
import { modelOf } from '../model/model-of.ts'
import { describeChecks } from './describe-checks.ts'
import { defineField, intersectShapes, sortShapes } from './intersect-shapes.ts'
import type { Shape } from './shape.ts'

export interface DescribeOptions {
  models: readonly Model[]
  /** Whether objects refuse the keys that they do not declare, where zod would drop them: so do the fields of models. */
  strict?: boolean
}

/**
 * The shape of what a schema takes, which is what is stored. Pipes and transforms are described by what goes into them. Read by
 * what zod documents for libraries: `_zod.def`.
 */
export function describeSchema(schema: $ZodType, options: DescribeOptions): Shape {
  return new Describer(options).describe(schema)
}

/**
 * From so many on what stands there again is named, and not written out: models that all refer to one another would be written out
 * once for each way through them.
 */
const mostWrittenOut = 5_000

const wrappers: ReadonlySet<string> = new Set([
  ...['optional', 'nullable', 'nonoptional', 'default', 'prefault', 'readonly'],
])

class Describer {
  readonly #options: DescribeOptions
  /** The schemas above, and those that are named, each with the number that it gets when it is met again. */
  readonly #known = new Map<$ZodType, { id?: number }>()
  #count = 0
  #described = 0

  constructor(options: DescribeOptions) {
    this.#options = options
  }

  describe(schema: $ZodType): Shape {
    this.#described++
    // What it adds would be lost where it is referred to: what is inside is known, and it is not.
    if (wrappers.has((schema as $ZodTypes)._zod.def.type)) return { ...this.#kind(schema), ...describeChecks(schema) }
    // A lazy schema may make what it stands for anew each time, so it is known by itself as well.
    const same = [schema]
    let inner = schema
    for (;;) {
      const known = this.#known.get(inner)
      if (known) return this.#ref(known)
      const { def } = (inner as $ZodTypes)._zod
      if (def.type !== 'lazy') break
      inner = def.getter()
      same.push(inner)
    }
    const mark: { id?: number } = {}
    for (const one of same) this.#known.set(one, mark)
    const described = { ...this.#kind(inner), ...describeChecks(inner) }
    if (this.#described > mostWrittenOut && isNameable(described)) mark.id ??= ++this.#count
    // Elsewhere in the schema the same one gets a number of its own.
    else for (const one of same) this.#known.delete(one)
    return mark.id === undefined ? described : { ...described, id: mark.id }
  }

  #ref(mark: { id?: number }): Shape {
    mark.id ??= ++this.#count
    return { type: 'ref', ref: mark.id }
  }

  #kind(schema: $ZodType): Shape {
    const { def } = (schema as $ZodTypes)._zod
    switch (def.type) {
      case 'object':
        return this.#object(def)
      case 'array':
        return { type: 'array', value: this.describe(def.element) }
      case 'set':
        return { type: 'set', value: this.describe(def.valueType) }
      case 'map':
        return { type: 'map', key: this.describe(def.keyType), value: this.describe(def.valueType) }
      case 'record':
        return this.#record(def)
      case 'tuple':
        return {
          type: 'tuple',
          items: def.items.map((item) => this.describe(item)),
          ...(def.rest && { rest: this.describe(def.rest) }),
        }
      case 'union':
        return {
          type: 'union',
          options: sortShapes(def.options.map((option) => this.describe(option))),
          // `z.xor` refuses what several of them take, which is a check of its own.
          ...('inclusive' in def && def.inclusive === false && { refinements: 1 }),
        }
      case 'intersection':
        return intersectShapes(this.describe(def.left), this.describe(def.right))
      case 'enum':
        return { type: 'enum', values: Object.values(def.entries).map(wordOf).sort() }
      case 'literal':
        return { type: 'literal', values: def.values.map(wordOf).sort() }
      case 'optional': {
        const { exact, ...inner } = this.describe(def.innerType)
        const isExact = schema instanceof $ZodExactOptional && (exact || !inner.optional)
        return { ...inner, optional: true, ...(isExact && { exact: true }) }
      }
      case 'default':
      case 'prefault':
        return { ...this.describe(def.innerType), default: true }
      case 'nullable':
        return { ...this.describe(def.innerType), nullable: true }
      case 'nonoptional': {
        const { optional: _, exact: __, default: ___, ...required } = this.describe(def.innerType)
        return required
      }
      case 'readonly':
        return this.describe(def.innerType)
      case 'pipe':
        return this.#pipe(def)
      // Takes whatever stands there, and mends it.
      case 'catch':
        return { type: 'unknown', optional: true, out: this.describe(def.innerType) }
      case 'transform':
        return { type: 'transform', optional: true }
      case 'template_literal':
        return { type: 'string', formats: [`pattern ${(schema as $ZodTypes)._zod.pattern}`] }
      case 'custom':
        return this.#custom(schema)
      default:
        return { type: def.type, ...('coerce' in def && def.coerce === true && { coerced: true }) }
    }
  }

  #object({ shape, catchall }: { shape: Record<string, $ZodType>; catchall?: $ZodType | undefined }): Shape {
    const fields: Record<string, Shape> = {}
    for (const name of Object.keys(shape).sort()) {
      const field = shape[name]
      if (field === undefined) continue
      const described = this.describe(field)
      // A preprocess, say, whose inner schema does the taking.
      const absent = (field as $ZodTypes)._zod.optin !== undefined && !described.default
      defineField(fields, name, absent ? { ...described, optional: true } : described)
    }
    const rest = catchall && this.describe(catchall)
    if (rest === undefined) return { type: 'object', fields, ...(this.#options.strict && { undeclared: 'refuse' }) }
    if (rest.type === 'never') return { type: 'object', fields, undeclared: 'refuse' }
    return { type: 'object', fields, undeclared: 'keep', ...(!takesAll(rest) && { rest }) }
  }

  #record(def: { keyType: $ZodType; valueType: $ZodType; partial?: boolean; mode?: string }): Shape {
    const { values } = (def.keyType as $ZodTypes)._zod
    const value = this.describe(def.valueType)
    const isLoose = def.mode === 'loose'
    if (values === undefined) {
      return { type: 'record', key: this.describe(def.keyType), value, ...(isLoose && { undeclared: 'keep' }) }
    }
    // One whose keys are named is an object with them, and has all of them unless it is partial.
    const fields: Record<string, Shape> = {}
    for (const name of [...values].map(String).sort())
      defineField(
        fields,
        name,
        def.partial ? { ...value, ...(!value.optional && { exact: true }), optional: true } : value,
      )
    return { type: 'object', fields, undeclared: isLoose ? 'keep' : 'refuse' }
  }

  #pipe({ in: first, out }: { in: $ZodType; out: $ZodType }): Shape {
    const [taken, given] = [this.describe(first), this.describe(out)]
    // A preprocess takes what nobody can tell; what it gives is what can be held against what was.
    if (taken.type === 'transform') return { ...given, coerced: 'preprocessed' }
    return given.type === 'transform' ? taken : { ...taken, out: given }
  }

  #custom(schema: $ZodType): Shape {
    const found = modelOf(schema, this.#options.models)
    if (typeof found === 'object') return { type: 'model', model: found.tag }
    return found === undefined ? { type: 'custom' } : { type: 'class', class: found.name }
  }
}

/** What has parts, and says nothing of its own absence, which is said where it is referred to. */
function isNameable({ fields, options, parts, items, value, optional, default: given, nullable, id }: Shape): boolean {
  const hasParts = [fields, options, parts, items, value].some((one) => one !== undefined)
  return hasParts && !optional && !given && !nullable && id === undefined
}

export function takesAll({ type }: Shape): boolean {
  return type === 'any' || type === 'unknown' || type === 'transform'
}

/** A value of an enum or literal: texts in quotes, bigints with their `n`. */
function wordOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'bigint' ? `${value}n` : String(value)
}
