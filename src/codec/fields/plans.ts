import type { Model } from '../../model/model.ts'
import type { Registry } from '../../model/registry.ts'
import type { Validator } from '../../schema/validate.ts'
import { EnvelopePrefixes } from '../envelope-prefixes.ts'
import type { Decode } from './compile-decoder.ts'
import { compileDecoder } from './compile-decoder.ts'
import { compileEncoder, compileModelEncoder, type Encode } from './compile-encoder.ts'
import { compileModelDecoder } from './compile-model-decoder.ts'
import { failed } from './fields-reader.ts'
import type { Form } from './form.ts'
import { fieldsEncodingId, printLayout } from './layout.ts'
import { type Reading, readSchema } from './read-schema.ts'

/** What one schema was turned into. */
export interface Plan {
  /** The JSON text of its layout. */
  readonly layout: string
  readonly encode: Encode
  readonly decode: Decode
  /** Whether a value that was encoded is one that the schema takes: then nothing is left for zod to check. */
  readonly exact: boolean
  /** Whether a value that was decoded is what the schema gives. */
  readonly settled: boolean
  /** The beginnings of the texts that are written by it. */
  readonly heads: EnvelopePrefixes
}

/** A layout is in every text. One as long as this belongs to a schema whose values the other encoding writes shorter. */
const longestLayout = 4_096

interface ModelReading extends Reading {
  settled: boolean
  /** Undefined while they are being compiled. */
  encode: Encode | undefined
  decode: Decode | undefined
}

/** The plans of one codec, each made when it is first asked for: the fields of a model may refer to the model itself. */
export class Plans {
  readonly #registry: Registry
  readonly #readings = new Map<Model, ModelReading | undefined>()
  readonly #ofModels = new Map<Model, Plan | undefined>()
  readonly #ofSchemas = new WeakMap<Validator, { plan: Plan | undefined }>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Of the instances of a model. Undefined when this encoding does not carry them. */
  ofModel(model: Model): Plan | undefined {
    if (!this.#ofModels.has(model))
      this.#ofModels.set(
        model,
        this.#plan(() => this.#formOf(model)),
      )
    return this.#ofModels.get(model)
  }

  /** Of the values of a schema. Undefined when this encoding does not carry them. */
  ofSchema(validator: Validator): Plan | undefined {
    let known = this.#ofSchemas.get(validator)
    if (known === undefined) {
      known = { plan: this.#plan(() => this.#read(validator)) }
      this.#ofSchemas.set(validator, known)
    }
    return known.plan
  }

  #plan(read: () => (Reading & { settled: boolean }) | undefined): Plan | undefined {
    const reading = read()
    if (reading === undefined) return undefined
    const { form, exact, settled } = reading
    const bodies = new Map<string, Form>()
    if (!this.#collect(form, bodies)) return undefined
    const layout = JSON.stringify(printLayout(form, (tag) => bodies.get(tag) as Form))
    if (layout.length > longestLayout) return undefined
    return {
      layout,
      heads: new EnvelopePrefixes(fieldsEncodingId, `[${layout},`),
      encode: compileEncoder(form, (model) => this.#encoderOf(model)),
      decode: compileDecoder(form, (model) => this.#decoderOf(model)),
      exact,
      settled,
    }
  }

  #formOf(model: Model): Reading & { settled: boolean } {
    const form: Form = { kind: 'model', tag: `${model.tag}@${model.version}`, model }
    return { form, exact: true, keeps: true, settled: true }
  }

  #read(validator: Validator): (Reading & { settled: boolean }) | undefined {
    const { stored, changes, checksMore, readsLess } = validator
    const reading = readSchema(stored, (schema) => this.#registry.ofSchema(schema))
    const { exact = false, keeps = false } = reading ?? {}
    return reading && { ...reading, exact: exact && !checksMore, settled: exact && keeps && !changes && !readsLess }
  }

  /** Finds the forms of all models that a form names, by their tags. False when one has none. */
  #collect(form: Form, bodies: Map<string, Form>): boolean {
    switch (form.kind) {
      case 'model': {
        if (bodies.has(form.tag)) return true
        const reading = this.#reading(form.model)
        if (reading === undefined) return false
        bodies.set(form.tag, reading.form)
        return this.#collect(reading.form, bodies)
      }
      case 'list':
      case 'set':
      case 'dictionary':
      case 'nullable':
        return this.#collect(form.of, bodies)
      case 'map':
        return this.#collect(form.key, bodies) && this.#collect(form.value, bodies)
      case 'tuple':
      case 'either':
        return form.of.every((of) => this.#collect(of, bodies))
      case 'object':
        return form.fields.every(({ of }) => this.#collect(of, bodies))
      default:
        return true
    }
  }

  #reading(model: Model): ModelReading | undefined {
    if (this.#readings.has(model)) return this.#readings.get(model)
    const read = this.#read(model.validator)
    if (read === undefined) {
      this.#readings.set(model, undefined)
      return undefined
    }
    const made: ModelReading = { ...read, encode: undefined, decode: undefined }
    // Known before it is compiled, since the fields of a model may hold such models again.
    this.#readings.set(model, made)
    made.encode = compileModelEncoder({ model, ...read }, (inner) => this.#encoderOf(inner))
    made.decode = compileModelDecoder({ model, ...read }, (inner) => this.#decoderOf(inner))
    return made
  }

  #encoderOf(model: Model): Encode {
    const reading = this.#reading(model)
    return reading?.encode ?? ((value, writer) => reading?.encode?.(value, writer) ?? false)
  }

  #decoderOf(model: Model): Decode {
    const reading = this.#reading(model)
    return reading?.decode ?? ((reader) => (reading?.decode ? reading.decode(reader) : failed))
  }
}
