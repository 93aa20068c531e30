import { type $ZodChecks, $ZodExactOptional, type $ZodType, type $ZodTypes } from 'zod/v4/core'
import type { Model } from '../../model/model.ts'
import { type Check, type CheckList, type Checks, countTest, numberTest, rangeTest, textTest } from './checks.ts'
import { eitherOf, mayTakeLess, nullableOf, oneOf } from './combine-forms.ts'
import { areFree, type Form, type FormField, isPlain, isPlainNumber, type Plain } from './form.ts'
import { layoutName } from './layout.ts'

/** A schema's values in this encoding. */
export interface Reading {
  form: Form
  /** Whether zod takes whatever the form takes: then nothing is left for zod to check. */
  exact: boolean
  /** Whether zod gives back all of it, where it changes no values: of a union, the alternative that it tries first may take less. */
  keeps: boolean
}

/** Types within types, and types altogether, at most: one that is used twice in each of twenty others is a million. */
const deepest = 40
const most = 1_000

/**
 * Reads a schema, or gives undefined for one whose values this encoding does not carry: of a kind that is unknown here, that
 * refers to itself other than through a model, or that nests too deep. Those are the general encoding's.
 *
 * The source of how zod's definitions are laid out is zod's own page for library authors.
 */
export function readSchema(schema: $ZodType, modelOf: (schema: $ZodType) => Model | undefined): Reading | undefined {
  return new SchemaReader(modelOf).read(schema)
}

const isString = (value: unknown): value is Plain => typeof value === 'string'
const isNumber = (value: unknown): value is Plain => typeof value === 'number' && isPlainNumber(value)

class SchemaReader {
  readonly #modelOf: (schema: $ZodType) => Model | undefined
  readonly #above = new Set<$ZodType>()
  #exact = true
  #keeps = true
  #count = 0

  constructor(modelOf: (schema: $ZodType) => Model | undefined) {
    this.#modelOf = modelOf
  }

  read(schema: $ZodType): Reading | undefined {
    const form = this.#form(schema)
    return form && { form, exact: this.#exact, keeps: this.#keeps }
  }

  #form(schema: $ZodType): Form | undefined {
    this.#count += 1
    if (this.#above.has(schema) || this.#above.size >= deepest || this.#count > most) return undefined
    this.#above.add(schema)
    const form = this.#formOf(schema)
    this.#above.delete(schema)
    return form
  }

  #formOf(schema: $ZodType): Form | undefined {
    const { def } = (schema as $ZodTypes)._zod
    // What it makes of a value is zod's alone to say.
    if ('coerce' in def && def.coerce === true) return this.#leftToZod({ kind: 'plain', test: isPlain })
    switch (def.type) {
      case 'string': {
        const checks = textTest(checksOf(schema))
        if (checks.isFree) return { kind: 'plain', test: isString, only: 'string', isText: true }
        const test = this.#checked(checks)
        return {
          kind: 'plain',
          test: (value): value is Plain => typeof value === 'string' && test(value),
          isText: true,
        }
      }
      case 'number': {
        const checks = numberTest(checksOf(schema))
        if (checks.isFree) return { kind: 'plain', test: isNumber, only: 'number' }
        const test = this.#checked(checks)
        return {
          kind: 'plain',
          test: (value): value is Plain => typeof value === 'number' && isPlainNumber(value) && test(value),
        }
      }
      case 'boolean':
        return this.#unchecked(schema, {
          kind: 'plain',
          test: (value): value is Plain => value === true || value === false,
        })
      case 'null':
        return this.#unchecked(schema, { kind: 'plain', test: (value): value is Plain => value === null })
      case 'any':
      case 'unknown':
        return this.#unchecked(schema, { kind: 'plain', test: isPlain })
      case 'enum':
        return this.#unchecked(schema, oneOf(schema._zod.values))
      case 'literal':
        return this.#unchecked(schema, oneOf(new Set(def.values)))
      case 'template_literal':
        return this.#leftToZod({ kind: 'plain', test: isPlain })
      case 'custom': {
        const model = this.#modelOf(schema)
        if (model === undefined) return this.#leftToZod({ kind: 'plain', test: isPlain })
        const form: Form = { kind: 'model', tag: `${model.tag}@${model.version}`, model }
        // What `meta` and `describe` give has the definition of the model's own.
        return def === model.schema._zod.def ? form : this.#unchecked(schema, form)
      }
      case 'bigint':
        return { kind: 'bigint', test: this.#checked(rangeTest(checksOf(schema))) }
      case 'date':
        return { kind: 'date', test: this.#checked(rangeTest(checksOf(schema))) }
      case 'array': {
        const of = this.#form(def.element)
        return of && { kind: 'list', of, test: this.#checked(countTest(checksOf(schema), 'length')) }
      }
      case 'set': {
        const of = this.#form(def.valueType)
        const test = this.#checked(countTest(checksOf(schema), 'size'))
        return of && { kind: 'set', of, test: (size) => areFree(of, size) && test(size) }
      }
      case 'map': {
        const [key, value] = [this.#form(def.keyType), this.#form(def.valueType)]
        const test = this.#checked(countTest(checksOf(schema), 'size'))
        return key && value && { kind: 'map', key, value, test: (size) => areFree(key, size) && test(size) }
      }
      case 'record': {
        const { def: keys } = (def.keyType as $ZodTypes)._zod
        if (keys.type !== 'string' || ('mode' in def && def.mode === 'loose')) return undefined
        const test = this.#checked(textTest(checksOf(def.keyType)))
        const of = this.#form(def.valueType)
        return of && this.#unchecked(schema, { kind: 'dictionary', of, test })
      }
      case 'tuple': {
        if (def.rest) return undefined
        const of = this.#forms(def.items)
        return of && this.#unchecked(schema, { kind: 'tuple', of })
      }
      case 'union': {
        // An exclusive one looks at every alternative; one with a discriminator has no two that could match.
        if (def.inclusive === false && !('discriminator' in def)) return undefined
        const of = this.#forms(def.options)
        if (of && !('discriminator' in def) && mayTakeLess(of)) this.#keeps = false
        return of && this.#unchecked(schema, eitherOf(of))
      }
      case 'nullable': {
        const of = this.#form(def.innerType)
        return of && this.#unchecked(schema, nullableOf(of))
      }
      case 'object':
        return this.#object(schema, Object.entries(def.shape))
      case 'lazy':
        return this.#unchecked(schema, this.#form(def.getter()))
      default:
        return undefined
    }
  }

  #object(schema: $ZodType, shape: readonly [string, $ZodType][]): Form | undefined {
    const fields: FormField[] = []
    for (const [name, part] of shape) {
      let inner = part
      let undefinable = false
      for (;;) {
        const { def } = (inner as $ZodTypes)._zod
        if (def.type !== 'optional' || (def.checks?.length ?? 0) > 0) break
        undefinable ||= !(inner instanceof $ZodExactOptional)
        inner = def.innerType
      }
      const of = this.#form(inner)
      if (of === undefined || !layoutName.test(name)) return undefined
      // Where it is absent, zod reads what every object inherits.
      if (name in Object.prototype) this.#exact = false
      fields.push({ name, of, optional: inner !== part, undefinable })
    }
    return this.#unchecked(schema, { kind: 'object', fields })
  }

  #forms(schemas: readonly $ZodType[]): Form[] | undefined {
    const forms: Form[] = []
    for (const schema of schemas) {
      const form = this.#form(schema)
      if (form === undefined) return undefined
      forms.push(form)
    }
    return forms
  }

  #checked<T>({ test, exact }: Checks<T>): (value: T) => boolean {
    this.#exact &&= exact
    return test
  }

  /** A form of a kind that has no checks of its own here: those that its schema has are zod's. */
  #unchecked(schema: $ZodType, form: Form | undefined): Form | undefined {
    if ((schema._zod.def.checks?.length ?? 0) > 0) this.#exact = false
    return form
  }

  #leftToZod(form: Form): Form {
    this.#exact = false
    return form
  }
}

/** The formats that zod decides by their pattern alone. */
const patterned: ReadonlySet<string> = new Set([
  ...['regex', 'email', 'guid', 'uuid', 'nanoid', 'cuid', 'cuid2', 'ulid', 'xid', 'ksuid'],
  ...['datetime', 'date', 'time', 'duration', 'ipv4', 'cidrv4', 'e164'],
])

const integers: Readonly<Record<string, Check>> = {
  safeint: { of: 'integer', least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER },
  int32: { of: 'integer', least: -(2 ** 31), most: 2 ** 31 - 1 },
  uint32: { of: 'integer', least: 0, most: 2 ** 32 - 1 },
}

function checksOf(schema: $ZodType): CheckList {
  // A schema of a format, such as z.email(), is its own first check.
  const own = 'check' in schema._zod.def ? [schema] : []
  return [...own, ...(schema._zod.def.checks ?? [])].map((check) => checkOf((check as $ZodChecks)._zod.def))
}

function checkOf(def: $ZodChecks['_zod']['def']): Check | undefined {
  switch (def.check) {
    case 'min_length':
      return { of: 'length', least: def.minimum }
    case 'max_length':
      return { of: 'length', most: def.maximum }
    case 'length_equals':
      return { of: 'length', least: def.length, most: def.length }
    case 'min_size':
      return { of: 'size', least: def.minimum }
    case 'max_size':
      return { of: 'size', most: def.maximum }
    case 'size_equals':
      return { of: 'size', least: def.size, most: def.size }
    case 'greater_than':
    case 'less_than': {
      const value = def.value instanceof Date ? def.value.getTime() : def.value
      const side = def.check === 'less_than' ? 'most' : 'least'
      if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
      return { of: 'bound', side, value, inclusive: def.inclusive }
    }
    case 'number_format':
      return integers[def.format]
    case 'string_format':
      return patterned.has(def.format) && def.pattern ? { of: 'pattern', pattern: def.pattern } : undefined
    default:
      return undefined
  }
}
