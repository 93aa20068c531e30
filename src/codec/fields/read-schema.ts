import { $ZodExactOptional, type $ZodType, type $ZodTypes } from 'zod/v4/core'
import type { Model } from '../../model/model.ts'
import { areFree, type Form, type FormField, isPlain, isPlainNumber, type Plain } from './form.ts'
import { layoutName } from './layout.ts'
import { bigintChecks, dateChecks, numberChecks, sizeChecks, stringChecks } from './read-checks.ts'

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

const anything = (value: unknown): value is Plain => isPlain(value)
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
    if ('coerce' in def && def.coerce === true) return this.#leftToZod({ kind: 'plain', test: anything })
    switch (def.type) {
      case 'string': {
        const checks = stringChecks(schema)
        if (checks.isFree) return { kind: 'plain', test: isString, only: 'string', isText: true }
        const test = this.#checked(checks)
        return {
          kind: 'plain',
          test: (value): value is Plain => typeof value === 'string' && test(value),
          isText: true,
        }
      }
      case 'number': {
        const checks = numberChecks(schema)
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
        return this.#unchecked(schema, { kind: 'plain', test: anything })
      case 'enum':
        return this.#unchecked(schema, oneOf(schema._zod.values))
      case 'literal':
        return this.#unchecked(schema, oneOf(new Set(def.values)))
      case 'template_literal':
        return this.#leftToZod({ kind: 'plain', test: anything })
      case 'custom': {
        const model = this.#modelOf(schema)
        if (model === undefined) return this.#leftToZod({ kind: 'plain', test: anything })
        const form: Form = { kind: 'model', tag: `${model.tag}@${model.version}`, model }
        // What `meta` and `describe` give has the definition of the model's own.
        return def === model.schema._zod.def ? form : this.#unchecked(schema, form)
      }
      case 'bigint':
        return { kind: 'bigint', test: this.#checked(bigintChecks(schema)) }
      case 'date':
        return { kind: 'date', test: this.#checked(dateChecks(schema)) }
      case 'array': {
        const of = this.#form(def.element)
        return of && { kind: 'list', of, test: this.#checked(sizeChecks(schema)) }
      }
      case 'set': {
        const of = this.#form(def.valueType)
        const test = this.#checked(sizeChecks(schema))
        return of && { kind: 'set', of, test: (size) => areFree(of, size) && test(size) }
      }
      case 'map': {
        const [key, value] = [this.#form(def.keyType), this.#form(def.valueType)]
        const test = this.#checked(sizeChecks(schema))
        return key && value && { kind: 'map', key, value, test: (size) => areFree(key, size) && test(size) }
      }
      case 'record': {
        const { def: keys } = (def.keyType as $ZodTypes)._zod
        if (keys.type !== 'string' || ('mode' in def && def.mode === 'loose')) return undefined
        const test = this.#checked(stringChecks(def.keyType))
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

  #checked<T>({ test, exact }: { test: (value: T) => boolean; exact: boolean }): (value: T) => boolean {
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

function oneOf(values: ReadonlySet<unknown> | undefined): Form | undefined {
  if (values === undefined || ![...values].every(isPlain)) return undefined
  return { kind: 'plain', test: (value): value is Plain => isPlain(value) && values.has(value) }
}

/**
 * Whether an alternative that stands before the one whose form takes a value may take it all the same: an object drops what it does
 * not declare, and takes instances of any class.
 */
function mayTakeLess(of: readonly Form[]): boolean {
  const first = of.findIndex(holdsObject)
  return first !== -1 && of.slice(first + 1).some(({ kind }) => kind !== 'plain' && kind !== 'bigint')
}

function holdsObject(form: Form): boolean {
  switch (form.kind) {
    case 'object':
      return true
    case 'list':
    case 'set':
    case 'dictionary':
    case 'nullable':
      return holdsObject(form.of)
    case 'map':
      return holdsObject(form.key) || holdsObject(form.value)
    case 'tuple':
    case 'either':
      return form.of.some(holdsObject)
    default:
      return false
  }
}

function nullableOf(of: Form): Form {
  if (of.kind !== 'plain') return { kind: 'nullable', of }
  const { test } = of
  return { kind: 'plain', test: (value): value is Plain => value === null || test(value) }
}

function eitherOf(of: readonly Form[]): Form {
  const tests = of.flatMap((form) => (form.kind === 'plain' ? [form.test] : []))
  if (tests.length < of.length) return { kind: 'either', of }
  return { kind: 'plain', test: (value): value is Plain => tests.some((test) => test(value)) }
}
