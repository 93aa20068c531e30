import { z } from 'zod'
import { BrineError } from '../errors.ts'
import { twinOf } from '../realm/built-in-of.ts'
import { rememberTag } from '../realm/second-copy.ts'
import type { Effort } from '../schema/effort.ts'
import { lateValidator } from '../schema/late-validator.ts'
import { createValidator } from '../schema/validate.ts'
import { builtInPrototypes, builtInTags } from './built-in-classes.ts'
import { defineRead } from './encode-fields.ts'
import { rememberFields } from './fields-of-schema.ts'
import { invalidModel } from './invalid.ts'
import type { Class, Declared, Model } from './model.ts'
import { defineBack } from './reconstruct.ts'
import { defineUpcasts, type UpcastChain, type Upcasts } from './upcast-steps.ts'

/** Options of {@link defineModel}. */
export interface ModelOptions<T extends object, F extends z.ZodType> {
  /**
   * What the class is called in stored texts, written by hand: letters, digits, `_`, `-`, `.` and `/`. Not safe to change
   * while texts exist that hold it, unless the old one becomes one of `aliases`.
   */
  tag: string
  /** Of the fields; a whole number from 1, the default. Raise it when their shape changes, and give an upcaster. */
  version?: number
  /** Any zod schema of the encoded form. It is checked when an instance is encoded and when it is decoded. */
  fields: F
  /** What is stored of an instance. By default the keys that `fields` declares are read. */
  encode?: (instance: T) => z.input<F>
  /** Builds an instance from complete fields. Such instances cannot stand in a cycle. */
  decode?: (fields: z.output<F>) => T
  /** With `populate`: gives an empty instance, before the text is read to its end. */
  allocate?: () => T
  /** With `allocate`: fills the instance, when the whole graph exists. */
  populate?: (instance: T, fields: z.output<F>) => void
  /**
   * `{ n: fieldsOfVersionN => fieldsOfVersionNPlus1 }`, up to this version. Of a first step's parameter nothing else knows the
   * type, so it is written there. A step gets what the text holds, before anything is checked; instances in it are of today's
   * versions, and in a cycle they are still empty: they can be moved, not looked into. Not async.
   */
  upcast?: Upcasts
  /** Tags that this model had before: texts that hold them stay readable. */
  aliases?: readonly string[]
  /** Instances for `brine check` to keep as texts, in place of those that it makes up: the same each time. See docs/evolution.md. */
  samples?: () => readonly T[]
}

// A tag stands unescaped in front of an `@` and its version, inside a JSON string.
const tagPattern = /^[A-Za-z][\w./-]{0,99}$/

const known: ReadonlySet<string> = new Set([
  ...['tag', 'version', 'fields', 'encode', 'decode', 'allocate', 'populate', 'upcast', 'aliases', 'samples'],
])

/**
 * Names a class that may travel: its tag, its version, its fields, and how instances are encoded and come back. The match is
 * on the exact class: a subclass is a model of its own, or is refused.
 *
 * Throws MODEL_INVALID.
 *
 * @example
 * const person = defineModel(Person, {
 *   tag: 'person',
 *   fields: z.object({ name: z.string(), age: z.number() }),
 *   decode: ({ name, age }) => new Person(name, age),
 * })
 */
export function defineModel<T extends object, F extends z.ZodType, const U extends Upcasts = Record<never, never>>(
  modelClass: Class<T>,
  options: ModelOptions<T, F> & { upcast?: U & UpcastChain<U, z.input<F>> },
): Model<T> {
  if (typeof modelClass !== 'function' || typeof modelClass.prototype !== 'object' || modelClass.prototype === null) {
    throw new BrineError('MODEL_INVALID', 'defineModel takes the class itself first')
  }
  if (builtInPrototypes.has(modelClass.prototype) || twinOf(modelClass.prototype) !== undefined) {
    throw invalidModel(modelClass, 'it is a built-in, which travels without a model; make a subclass for what is yours')
  }
  const stray = Object.keys(options ?? {}).find((name) => !known.has(name))
  if (typeof options !== 'object' || options === null || stray !== undefined) {
    throw invalidModel(modelClass, `${stray ?? 'what it got'} is no option; a model takes ${[...known].join(', ')}`)
  }
  const { tag, version = 1, fields, aliases = [] } = options
  const refuse = (path: string, remedy: string) => invalidModel(modelClass, remedy, path)
  if (!Array.isArray(aliases)) throw refuse('aliases', 'must be a list of the tags that the model had before')
  for (const name of [tag, ...aliases]) checkTag(modelClass, name)
  if (new Set([tag, ...aliases]).size <= aliases.length) {
    throw refuse('aliases', 'must list former tags only, each once, without the current tag')
  }
  if (!(fields instanceof z.ZodType)) {
    throw invalidModel(modelClass, 'fields must be a zod schema of the encoded form, such as z.object({ … })')
  }
  if (!Number.isSafeInteger(version) || version < 1) {
    throw refuse('version', 'must be a whole number from 1')
  }
  const declared = declaredKeys(fields)
  const validator = lateValidator(() => createValidator(fields, { undeclared: 'refuse', names: 'later' }))
  const schema = z.instanceof(modelClass as PublicClass<T>)
  rememberFields(schema, fields)
  rememberTag(modelClass, tag)
  return Object.freeze({
    class: modelClass,
    tag,
    version,
    aliases: Object.freeze([...aliases]),
    schema,
    fields,
    validator,
    declared,
    ...defineRead(modelClass, options, declared),
    check: (given: unknown, effort?: Effort) => validator.checkInputSync(given, { code: 'FIELDS_INVALID', effort }),
    back: defineBack(modelClass, options, declared),
    samples: options.samples,
    upcast: defineUpcasts({ upcast: options.upcast, version, refuse }),
  })
}

// zod asks for a public constructor, though `instanceof` is all it does with it.
type PublicClass<T extends object> = Class<T> & (abstract new (...args: never[]) => T)

function checkTag(modelClass: Class, tag: unknown): void {
  if (typeof tag !== 'string' || !tagPattern.test(tag)) {
    throw invalidModel(modelClass, 'a tag is 1 to 100 letters, digits, `_`, `-`, `.` or `/`, and begins with a letter')
  }
  if (builtInTags.has(tag)) throw invalidModel(modelClass, `the tag '${tag}' is a built-in's; choose another`)
}

/** The keys of an object schema that admits no others. zod's plain objects drop what they do not declare, so they count. */
function declaredKeys(fields: z.ZodType): Declared | undefined {
  if (!(fields instanceof z.ZodObject)) return undefined
  const { catchall } = fields.def
  if (catchall !== undefined && !(catchall instanceof z.ZodNever)) return undefined
  let keys: ReadonlySet<string> | undefined
  return () => {
    keys ??= new Set(Object.keys(fields.shape))
    return keys
  }
}
