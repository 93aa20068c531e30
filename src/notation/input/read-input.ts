import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import { PatternEffort } from '../../codec/pattern-effort.ts'
import { BrineError } from '../../errors.ts'
import { KeyCollisions } from '../../limits/key-collisions.ts'
import type { Model } from '../../model/model.ts'
import { element, mapKey, mapValue, root, setMember } from '../../path.ts'
import { Effort, visitsOf } from '../../schema/effort.ts'
import { type Names, Way } from '../../schema/way.ts'
import { readLeaf } from '../form/leaf-forms.ts'
import { refuseStandIns, unescapeName } from '../form/names.ts'
import { declares, readBy, schemaOfElement, schemaOfName } from '../form/read-by.ts'
import { bigintIn, dateIn } from '../form/text-forms.ts'
import { accepts } from './accepts.ts'
import { formOf, idOf, isHole, isId, isPairs, isPlain, type Plain, refuseMisfilled } from './container-form.ts'
import { modelIn, modelOfTag } from './find-model.ts'
import { Graph } from './graph.ts'
import { readError } from './read-error.ts'
import { readInstance } from './read-instance.ts'

/**
 * A value for `schema`, from what JSON can say of it, for people and tools that have nothing else: an ISO time becomes a Date
 * where a date is expected, digits a bigint, lists a Set, pairs or an object a Map, an object of a model's fields its
 * instance. Where the schema does not tell, `{ "$date": … }` and its kind do, and `{ "$model": "tag", …fields }`: so it
 * reads all that `showJson` shows, but for what is hidden or cut.
 *
 * What does not fit is left as it is, so that the schema itself says what it expected. Throws PAYLOAD_INVALID with the path for
 * a form that is filled wrongly, and FIELDS_INVALID, MODEL_THREW and LIMIT_EXCEEDED. `names` are those that paths print.
 */
export function readInput(
  json: unknown,
  schema: $ZodType | undefined,
  models: readonly Model[],
  names: Names = 'identifiers',
): unknown {
  return new InputReader(models, names).read(json, schema, { path: root, depth: 0 })
}

/** Where something stands. */
export interface At {
  readonly path: string
  readonly depth: number
}

type SchemaOf = (index: number) => $ZodType | null | undefined

const deepest = 500
// Ten of each value that a payload may have.
const mostReads = 500_000

/** Reads one document. */
export class InputReader {
  readonly models: readonly Model[]
  readonly names: Names
  readonly effort = new Effort(visitsOf())
  readonly graph = new Graph()
  // Each alternative of a union reads all that stands within it once more, and unions stand in unions.
  readonly #reads = new Effort(mostReads)
  readonly #patterns = new PatternEffort()
  readonly #collisions = new KeyCollisions()

  constructor(models: readonly Model[], names: Names) {
    this.models = models
    this.names = names
  }

  read(given: unknown, declared: $ZodType | null | undefined, at: At): unknown {
    const schema = declared ? readBy(declared) : undefined
    if (!this.#reads.spend(1)) throw this.#reads.refusal()
    if (at.depth > deepest) {
      throw new BrineError('LIMIT_EXCEEDED', `nested deeper than ${deepest}`, { path: at.path })
    }
    if (!isPlain(given)) return schema ? this.#bySchema(given, schema, at) : this.#bySelf(given, at)
    const isForm = !declares(schema, Object.keys(given)[0])
    if (isForm) {
      const { $ref } = given
      if (typeof $ref === 'number' && Object.keys(given).length === 1) return this.graph.find($ref, at.path)
      const leaf = readLeaf(given, { path: at.path, patterns: this.#patterns })
      if (leaf) return leaf.value
      refuseMisfilled(given, at.path)
    }
    refuseStandIns(given, at.path, (name) => declares(schema, name))
    if (isForm && formOf(given) === undefined) {
      const { $model, $error } = given
      if (typeof $model === 'string') return readInstance(this, modelOfTag(this.models, $model, at.path), given, at)
      if (typeof $error === 'string') return readError(this, $error, given, at)
      const model = modelIn(schema, this.models)
      if (model) return readInstance(this, model, given, at)
    }
    return schema ? this.#bySchema(given, schema, at) : this.#bySelf(given, at)
  }

  #bySchema(given: unknown, schema: $ZodType, at: At): unknown {
    const { def } = (schema as $ZodTypes)._zod
    switch (def.type) {
      case 'date':
        return dateIn(given) ?? given
      case 'bigint':
        return bigintIn(given) ?? given
      case 'literal':
        return def.values.find((value) => typeof value === 'bigint' && value === bigintIn(given)) ?? given
      case 'union':
        return this.#firstFitting(given, def.options, at)
      case 'intersection':
        return this.#both(given, schema, def, at)
      case 'set': {
        const list = Array.isArray(given) ? given : formOf(given)?.set
        return list ? this.#set(given, list, def.valueType, at) : this.#bySelf(given, at)
      }
      case 'map': {
        const form = formOf(given)
        const pairs = isPairs(given) ? given : isPlain(given) && !form ? entriesOf(given) : form?.map
        return pairs ? this.#map(given, pairs, def, at) : this.#bySelf(given, at)
      }
      case 'array':
      case 'tuple':
        return this.#bySelf(given, at, (index) => schemaOfElement(schema, index))
      case 'object':
      case 'record': {
        const isOwn = isPlain(given) && declares(schema, Object.keys(given)[0])
        return isOwn ? this.members(given, at, schema) : this.#bySelf(given, at, undefined, schema)
      }
      default:
        return this.#bySelf(given, at)
    }
  }

  /** By what the JSON is, and says that it is. */
  #bySelf(given: unknown, at: At, ofElement?: SchemaOf, schema?: $ZodType): unknown {
    const form = formOf(given)
    if (Array.isArray(given)) return this.#array(given, given, ofElement, at)
    if (form?.array) return this.#array(given, form.array, ofElement, at)
    if (form?.set) return this.#set(given, form.set, undefined, at)
    if (form?.map) return this.#map(given, form.map, undefined, at)
    return isPlain(given) ? this.members(given, at, schema) : given
  }

  /** The properties of an object, without those that say what it is. */
  members(given: Plain, at: At, schema?: $ZodType): object {
    const isBare = '$prototype' in given && given['$prototype'] === null
    const object: object = isBare ? Object.create(null) : {}
    const names = Object.keys(given).filter((name) => !(isBare && name === '$prototype') && !isId(given, name))
    this.#collisions.takeNames(names, () => at.path)
    return this.graph.hold(idOf(given), object, at.depth, () => {
      const way = new Way(this.names, schema ? [schema] : [], at.path)
      for (const [position, name] of names.entries()) {
        const own = unescapeName(name)
        const { path } = way.name(own, position)
        const value = this.read(given[name], schema && schemaOfName(schema, own), { path, depth: at.depth + 1 })
        // Defined, since it may be called `__proto__`.
        Object.defineProperty(object, own, { value, enumerable: true, writable: true, configurable: true })
      }
      return undefined
    })
  }

  #array(given: unknown, list: readonly unknown[], schemaOf: SchemaOf | undefined, at: At): object {
    const array: unknown[] = []
    return this.graph.hold(idOf(given), array, at.depth, () => {
      for (const [index, one] of list.entries()) {
        if (isHole(one)) array.length += 1
        else array.push(this.read(one, schemaOf?.(index), { path: element(at.path, index), depth: at.depth + 1 }))
      }
      return undefined
    })
  }

  #set(given: unknown, list: readonly unknown[], schema: $ZodType | undefined, at: At): object {
    const set = new Set()
    return this.graph.hold(idOf(given), set, at.depth, () => {
      const members = list.map((member, index) => {
        return this.read(member, schema, { path: setMember(at.path, index), depth: at.depth + 1 })
      })
      this.#collisions.take(members, () => at.path)
      for (const member of members) set.add(member)
      return undefined
    })
  }

  #map(
    given: unknown,
    pairs: readonly (readonly [unknown, unknown])[],
    def: { keyType: $ZodType; valueType: $ZodType } | undefined,
    at: At,
  ): object {
    const map = new Map()
    return this.graph.hold(idOf(given), map, at.depth, () => {
      const depth = at.depth + 1
      const entries = pairs.map(([key, value], index): [unknown, unknown] => [
        this.read(key, def?.keyType, { path: mapKey(at.path, index), depth }),
        this.read(value, def?.valueType, { path: mapValue(at.path, index), depth }),
      ])
      this.#collisions.take(
        entries.map(([key]) => key),
        () => at.path,
      )
      for (const [key, value] of entries) map.set(key, value)
      return undefined
    })
  }

  /** As the first of the alternatives that accepts what it makes of it. */
  #firstFitting(given: unknown, options: readonly $ZodType[], at: At): unknown {
    let refused: unknown
    for (const option of options) {
      try {
        const read = this.graph.attempt((isWhole) => {
          const value = this.read(given, option, at)
          // What stands in a cycle is checked when all is read.
          return !isWhole() || accepts(option, value, this.#reads) ? { value } : undefined
        })
        if (read) return read.value
      } catch (error) {
        if (!(error instanceof BrineError)) throw error
        refused ??= error
      }
    }
    // A model's refusal says more than that none of them fits.
    if (refused !== undefined) throw refused
    return given
  }

  #both(given: unknown, schema: $ZodType, { left, right }: { left: $ZodType; right: $ZodType }, at: At): unknown {
    if (isPlain(given) && !formOf(given)) {
      const model = modelIn(readBy(left), this.models) ?? modelIn(readBy(right), this.models)
      if (model) return readInstance(this, model, given, at)
      return this.members(given, at, schema)
    }
    const read = this.read(given, left, at)
    return typeof read === 'object' ? read : this.read(read, right, at)
  }
}

function entriesOf(given: Plain): [unknown, unknown][] {
  return Object.entries(given)
    .filter(([name]) => !isId(given, name))
    .map(([name, value]) => [unescapeName(name), value])
}
