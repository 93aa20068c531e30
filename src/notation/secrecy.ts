import { types } from 'node:util'
import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import type { Model } from '../model/model.ts'
import { holdsSensitive, placeOf } from '../model/sensitive.ts'
import { heldBy } from '../schema/schema-parts.ts'
import type { Anatomy, ModelOf, Part } from './inspect-object.ts'

/** Which parts of one value are not to be seen. */
export interface Secrecy {
  /** Whether the value itself is. */
  readonly isHidden: boolean
  /** Of a part of an object: whether what it holds, and its key or name, are. */
  hides(holder: object, part: Part): { value: boolean; key: boolean }
}

const nothing = { value: false, key: false } as const
const everything = { value: true, key: true } as const

/** For those who may see everything, and where nothing is marked. */
export const noSecrecy: Secrecy = { isHidden: false, hides: () => nothing }

/**
 * Finds what is marked as sensitive, by the schema of the value and by the models of the instances in it, wherever these stand. An
 * object that is hidden in one place is hidden wherever it stands, and one that two schemas describe hides what either marks.
 *
 * What its schema would refuse may have anything anywhere: where a schema with marks does not fit, and where it declares no such
 * name, all is hidden.
 */
export function findSecrecy(value: unknown, schema: $ZodType | undefined, anatomist: Anatomist): Secrecy {
  return new Search(anatomist).run(value, schema)
}

/** How objects are looked into. */
export interface Anatomist {
  anatomyOf(value: object): Anatomy | undefined
  modelOf: ModelOf
}

class Search implements Secrecy {
  isHidden = false
  readonly #anatomist: Anatomist
  readonly #hidden = new Set<object>()
  /** What stands inside of what is hidden: hidden too where no schema says what it is. */
  readonly #inHidden = new Set<object>()
  /** The schemas under which each object was met. */
  readonly #schemas = new Map<object, Set<$ZodType>>()
  readonly #open: { value: object; schema: $ZodType | undefined }[] = []

  constructor(anatomist: Anatomist) {
    this.#anatomist = anatomist
  }

  run(value: unknown, schema: $ZodType | undefined): Secrecy {
    this.isHidden = this.#meet(value, schema ? [schema] : [])
    for (let next = this.#open.pop(); next; next = this.#open.pop()) {
      const anatomy = this.#anatomist.anatomyOf(next.value)
      if (anatomy === undefined) continue
      for (const part of anatomy.parts()) {
        const { key, value: inner } = stepInto(next.schema, anatomy, part)
        if (part.at === 'entry') this.#meet(part.key, key)
        this.#meet(part.value, inner)
      }
    }
    this.#markInHidden(value)
    return this
  }

  /** An instance speaks for itself wherever it stands, and a value that closes a cycle through a hidden place is no part of it. */
  #markInHidden(root: unknown): void {
    const open = [...this.#hidden]
    for (let next = open.pop(); next; next = open.pop()) {
      const anatomy = this.#anatomist.anatomyOf(next)
      if (anatomy === undefined || anatomy.model) continue
      for (const part of anatomy.parts()) {
        for (const inner of part.at === 'entry' ? [part.key, part.value] : [part.value]) {
          if (typeof inner !== 'object' || inner === null || inner === root || this.#inHidden.has(inner)) continue
          this.#inHidden.add(inner)
          open.push(inner)
        }
      }
    }
  }

  hides(holder: object, part: Part): { value: boolean; key: boolean } {
    const anatomy = this.#anatomist.anatomyOf(holder)
    if (anatomy === undefined) return nothing
    let [hidesValue, hidesKey] = [this.#isKnown(part.value), part.at === 'entry' && this.#isKnown(part.key)]
    let [isDeclared, isUndeclared] = [false, false]
    const model = isObject(part.value) ? this.#anatomist.modelOf(part.value) : undefined
    let isSpokenFor = model !== undefined
    for (const schema of this.#schemas.get(holder) ?? []) {
      const { key, value, undeclared } = stepInto(schema, anatomy, part)
      isUndeclared ||= undeclared
      isDeclared ||= value.length > 0
      isSpokenFor ||= value.some((one) => placeOf(one).alternatives.some(saysWhat))
      hidesValue ||= hides(part.value, value, model !== undefined)
      if (part.at === 'entry') hidesKey ||= hides(part.key, key)
      if (part.at === 'name') hidesKey ||= hides(part.name, key)
    }
    hidesValue ||= !isSpokenFor && isObject(part.value) && this.#inHidden.has(part.value)
    return isUndeclared && !isDeclared ? everything : { value: hidesValue, key: hidesKey }
  }

  #isKnown(value: unknown): boolean {
    return isObject(value) && this.#hidden.has(value)
  }

  /** Whether what stands at a place of these schemas is hidden. Takes note of what it is to be looked into by. */
  #meet(value: unknown, schemas: readonly $ZodType[]): boolean {
    if (!isObject(value)) return hides(value, schemas)
    const model = this.#anatomist.modelOf(value)
    const isHidden = hides(value, schemas, model !== undefined) || (model !== undefined && isWhollySensitive(model))
    if (isHidden) this.#hidden.add(value)
    const alternatives = schemas.flatMap((schema) => placeOf(schema).alternatives)
    if (model) alternatives.push(...placeOf(model.fields).alternatives)
    let met = this.#schemas.get(value)
    if (met === undefined) {
      met = new Set()
      this.#schemas.set(value, met)
      if (alternatives.length === 0) this.#open.push({ value, schema: undefined })
    }
    for (const schema of alternatives) {
      if (met.has(schema)) continue
      met.add(schema)
      this.#open.push({ value, schema })
    }
    return isHidden
  }
}

/** A model all of whose fields are marked as one; those that are no object are shown in the place of the instance's inside. */
function isWhollySensitive({ fields }: Model): boolean {
  const { alternatives, isSensitive } = placeOf(fields)
  return isSensitive && alternatives.some(({ _zod }) => _zod.def.type === 'object' || _zod.def.type === 'record')
}

/** Whether a place is marked, or has marks within that do not fit what stands there. An instance hides by its own. */
function hides(value: unknown, schemas: readonly $ZodType[], isInstance = false): boolean {
  const all = schemas.map(placeOf)
  if (all.some(({ isSensitive }) => isSensitive)) return true
  // They tell nothing.
  if (isInstance || value === null || value === undefined || typeof value === 'boolean') return false
  if (!schemas.some(holdsSensitive)) return false
  // A text that is to be parsed into something sensitive is sensitive.
  const isPiped = all.some((place) => place.isPiped)
  return !all.some(({ alternatives }) =>
    alternatives.some((one) => fits(one, value) && !(isPiped && heldBy(one).length === 0)),
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

const vague: ReadonlySet<string> = new Set(['any', 'unknown', 'custom', 'transform'])

function saysWhat(schema: $ZodType): boolean {
  return !vague.has(schema._zod.def.type)
}

function fits(schema: $ZodType, value: unknown): boolean {
  const { type } = (schema as $ZodTypes)._zod.def
  const isHolder = isObject(value)
  switch (type) {
    case 'object':
    case 'record':
      return isHolder && !Array.isArray(value) && !types.isMap(value) && !types.isSet(value)
    case 'array':
    case 'tuple':
      return Array.isArray(value)
    case 'map':
      return types.isMap(value)
    case 'set':
      return types.isSet(value)
    case 'any':
    case 'unknown':
    case 'custom':
    case 'transform':
      return true
    case 'date':
      return types.isDate(value)
    default:
      return !isHolder
  }
}

interface Step {
  readonly key: readonly $ZodType[]
  readonly value: readonly $ZodType[]
  /** Whether the schema has marks, and knows nothing of this. */
  readonly undeclared: boolean
}

const unknown: Step = { key: [], value: [], undeclared: false }

/** The schemas of a part of what `schema` describes. */
function stepInto(schema: $ZodType | undefined, { kind }: Anatomy, part: Part): Step {
  if (schema === undefined) return unknown
  const { def } = (schema as $ZodTypes)._zod
  const found = (value: $ZodType | null | undefined, key?: $ZodType): Step =>
    value ? { key: key ? [key] : [], value: [value], undeclared: false } : unknown
  if (part.at === 'fields') return found(schema)
  switch (def.type) {
    case 'object': {
      if (part.at !== 'name') return unknown
      if (Object.hasOwn(def.shape, part.name)) return found(def.shape[part.name])
      if (def.catchall && def.catchall._zod.def.type !== 'never') return found(def.catchall)
      // What a class has beside its fields is its own.
      return kind === 'error' ? unknown : { ...unknown, undeclared: holdsSensitive(schema) }
    }
    case 'record':
      return part.at === 'name' ? found(def.valueType, def.keyType as $ZodType) : unknown
    case 'map':
      return part.at === 'entry' ? found(def.valueType, def.keyType) : unknown
    case 'array':
      return part.at === 'index' ? found(def.element) : unknown
    case 'tuple':
      if (part.at !== 'index') return unknown
      // An element too many is undeclared, as a name would be.
      if (part.index >= def.items.length && !def.rest) return { ...unknown, undeclared: holdsSensitive(schema) }
      return found(def.items[part.index] ?? def.rest)
    case 'set':
      return part.at === 'member' ? found(def.valueType) : unknown
    default:
      return unknown
  }
}
