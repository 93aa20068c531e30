import { type $ZodType, type $ZodTypes, safeParse } from 'zod/v4/core'
import { BrineError } from '../errors.ts'
import { decodeInstance } from '../model/decode-instance.ts'
import type { Model } from '../model/model.ts'
import { element, join, mapKey, mapValue, property, root, setMember } from '../path.ts'
import { Effort, visitsOf } from '../schema/effort.ts'
import { bigintIn, dateIn, isPairs, readTagged } from './tagged-form.ts'

/**
 * A value for `schema`, from what JSON can say of it, for people and tools that have nothing else: an ISO time becomes a Date
 * where a date is expected, digits a bigint, lists a Set, pairs or an object a Map, an object of a model's fields its
 * instance. Where the schema does not tell, `{ "$date": … }` and its kind do, and `{ "$model": "tag", …fields }`.
 *
 * What does not fit is left as it is, so that the schema itself says what it expected. Throws PAYLOAD_INVALID with the path for
 * a form that is filled wrongly, and FIELDS_INVALID and MODEL_THREW for what a model refuses.
 */
export function readInput(json: unknown, schema: $ZodType | undefined, models: readonly Model[]): unknown {
  return read(json, schema, { models, path: root, depth: 0, effort: new Effort(visitsOf()) })
}

interface At {
  models: readonly Model[]
  path: string
  depth: number
  effort: Effort
}

const deepest = 500
const mostIssues = 20

function read(given: unknown, schema: $ZodType | undefined, at: At): unknown {
  if (at.depth > deepest) {
    throw new BrineError('LIMIT_EXCEEDED', `nested deeper than ${deepest}`, { path: at.path })
  }
  const model = modelOf(schema, at.models)
  if (model && isObject(given) && !Array.isArray(given)) return instanceOf(model, given, at)
  if (isObject(given) && !Array.isArray(given) && !declares(schema, Object.keys(given)[0])) {
    const tagged = readTagged(given, at.path, (inner) => read(inner, undefined, deeper(at, at.path)))
    if (tagged) return tagged.value
    const named = at.models.find(({ tag }) => tag === Reflect.get(given, '$model'))
    if (named) return instanceOf(named, given, at)
  }
  return schema === undefined ? readAll(given, at) : bySchema(given, (schema as $ZodTypes)._zod.def, at)
}

function bySchema(given: unknown, def: $ZodTypes['_zod']['def'], at: At): unknown {
  switch (def.type) {
    case 'date':
      return dateIn(given) ?? given
    case 'bigint':
      return bigintIn(given) ?? given
    case 'literal':
      return def.values.find((value) => typeof value === 'bigint' && value === bigintIn(given)) ?? given
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
    case 'promise':
      return read(given, def.innerType, at)
    case 'lazy':
      return read(given, def.getter(), at)
    case 'pipe':
      return read(given, def.in, at)
    case 'union':
      return firstFitting(given, def.options, at)
    case 'intersection':
      return read(read(given, def.left, at), def.right, at)
    case 'set':
      if (!Array.isArray(given)) return given
      return new Set(given.map((member, index) => read(member, def.valueType, deeper(at, setMember(at.path, index)))))
    case 'map':
      return mapOf(given, def, at)
    case 'array':
      if (!Array.isArray(given)) return given
      return given.map((one, index) => read(one, def.element, deeper(at, element(at.path, index))))
    case 'tuple':
      if (!Array.isArray(given)) return given
      return given.map((one, index) =>
        read(one, def.items[index] ?? def.rest ?? undefined, deeper(at, element(at.path, index))),
      )
    case 'object':
      return membersOf(given, (key) => (Object.hasOwn(def.shape, key) ? def.shape[key] : def.catchall), at)
    case 'record':
      return membersOf(given, () => def.valueType, at)
    default:
      return readAll(given, at)
  }
}

/** What no schema speaks of: only the forms that say themselves what they are. */
function readAll(given: unknown, at: At): unknown {
  if (Array.isArray(given)) {
    return given.map((one, index) => read(one, undefined, deeper(at, element(at.path, index))))
  }
  return membersOf(given, () => undefined, at)
}

function membersOf(given: unknown, schemaOf: (key: string) => $ZodType | undefined, at: At): unknown {
  if (!isPlain(given)) return given
  const members = Object.entries(given).map(([key, value]) => {
    return [key, read(value, schemaOf(key), deeper(at, property(at.path, key)))] as const
  })
  return Object.fromEntries(members)
}

function mapOf(given: unknown, def: { keyType: $ZodType; valueType: $ZodType }, at: At): unknown {
  const pairs = isPairs(given) ? given : isPlain(given) ? Object.entries(given) : undefined
  if (!pairs) return given
  return new Map(
    pairs.map(([key, value], index) => [
      read(key, def.keyType, deeper(at, mapKey(at.path, index))),
      read(value, def.valueType, deeper(at, mapValue(at.path, index))),
    ]),
  )
}

/** As the first of the alternatives that accepts what it makes of it. */
function firstFitting(given: unknown, options: readonly $ZodType[], at: At): unknown {
  let refused: unknown
  for (const option of options) {
    try {
      const value = read(given, option, at)
      if (accepts(option, value)) return value
    } catch (error) {
      if (!(error instanceof BrineError)) throw error
      refused ??= error
    }
  }
  // A model's refusal says more than that none of them fits.
  if (refused !== undefined) throw refused
  return given
}

function accepts(option: $ZodType, value: unknown): boolean {
  try {
    return safeParse(option, value).success
  } catch {
    // It has asynchronous checks, which are made when all is read.
    return true
  }
}

function instanceOf(model: Model, given: object, at: At): unknown {
  const { $model: _, ...plain } = given as { $model?: unknown }
  const fields = read(plain, model.fields, deeper(at, at.path))
  // First, since it names the place of all that is wrong.
  const { path: within, effort } = at
  model.validator.readOutputSync(fields, { code: 'FIELDS_INVALID', within, most: mostIssues, effort })
  try {
    const allocated = model.back.kind === 'populate' ? model.back.allocate() : undefined
    return decodeInstance(model, fields, allocated, effort)
  } catch (error) {
    if (!(error instanceof BrineError)) throw error
    throw error.relocated({ path: join(at.path, error.path ?? root) })
  }
}

/** The model whose instances a schema accepts: its own schema, or one that was refined from it. */
function modelOf(schema: $ZodType | undefined, models: readonly Model[]): Model | undefined {
  if (schema === undefined || (schema as $ZodTypes)._zod.def.type !== 'custom') return undefined
  const { bag, parent } = (schema as $ZodTypes)._zod
  const accepted: unknown = bag['Class']
  return models.find((model) => model.schema === schema || model.class === accepted) ?? modelOf(parent, models)
}

/** Whether an object's schema has a key of its own of this name, so that it is no form of a value. */
function declares(schema: $ZodType | undefined, key: string | undefined): boolean {
  if (schema === undefined || key === undefined) return false
  const { def } = (schema as $ZodTypes)._zod
  return def.type === 'object' && Object.hasOwn(def.shape, key)
}

function deeper(at: At, path: string): At {
  return { ...at, path, depth: at.depth + 1 }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isPlain(value: unknown): value is object {
  return isObject(value) && Object.getPrototypeOf(value) === Object.prototype
}
