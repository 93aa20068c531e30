import type { z } from 'zod'
import type { Effort } from '../schema/effort.ts'
import type { Validator } from '../schema/validate.ts'
import type { Upcaster } from './upcast-steps.ts'

/** A class as a model needs it: private and abstract constructors are welcome, since decoding need not call them. */
// biome-ignore lint/complexity/noBannedTypes: this is what a class with a private constructor can still be called.
export interface Class<T extends object = object> extends Function {
  readonly prototype: T
}

/** Builds an instance from complete fields, once. It cannot stand in a cycle. */
export interface BuiltByDecode<T extends object> {
  readonly kind: 'decode'
  decode(fields: unknown): T
}

/** Allocates an empty instance while the text is read, and populates it when the whole graph exists. */
export interface AllocatedThenPopulated<T extends object> {
  readonly kind: 'populate'
  /** Whether an instance is its declared fields and nothing else, which are defined on an empty object of its class. */
  readonly byFields: boolean
  allocate(): T
  populate(instance: T, fields: unknown): void
}

/** The keys of a closed object schema. Asked when they are needed: a shape may refer to the model that it belongs to. */
export type Declared = () => ReadonlySet<string>

/** A class that may travel, under its hand-written tag. Made by `defineModel`; pass it to a contract, codec or store. */
export interface Model<T extends object = object> {
  readonly class: Class<T>
  readonly tag: string
  readonly version: number
  readonly aliases: readonly string[]
  /** A zod schema that accepts instances of the class, for payloads, results and other models' fields. */
  readonly schema: z.ZodCustom<T, T>
  /** The schema of the encoded form. */
  readonly fields: z.ZodType
  /** Checks them, in both directions. */
  readonly validator: Validator
  /** The keys that `fields` declares, or undefined when it is not a closed object and any may stand. */
  readonly declared: Declared | undefined
  /**
   * Where an instance's fields are read from: its `own` properties, which must be those and no others; the `declared` ones,
   * getters of the class included; or the model's own `encode`.
   */
  readonly reads: 'own' | 'declared' | 'encode'
  /** Reads the fields of an instance, unchecked. It throws a BrineError for state that would be lost. */
  read(instance: T): unknown
  /** Checks fields that were read. Throws FIELDS_INVALID and LIMIT_EXCEEDED. */
  check(fields: unknown, effort?: Effort): void
  /** How instances come back. */
  readonly back: BuiltByDecode<T> | AllocatedThenPopulated<T>
  /** From version n to n + 1, for each n below the model's version that can still be read. */
  readonly upcast: ReadonlyMap<number, Upcaster>
  /** Instances for `brine check`. */
  readonly samples: (() => readonly T[]) | undefined
}
