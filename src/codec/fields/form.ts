import { fewKeys } from '../../limits/key-collisions.ts'
import type { Model } from '../../model/model.ts'

/** What JSON holds exactly as it is. */
export type Plain = string | number | boolean | null

/**
 * What a schema says of its values, as far as this encoding carries them: a layout, with the schema's checks beside it. A check
 * that gives false judges nothing: the value then goes the general way, where zod tells what is wrong, if anything is.
 */
export type Form =
  | PlainForm
  | { readonly kind: 'bigint'; readonly test: (value: bigint) => boolean }
  | { readonly kind: 'date'; readonly test: (ms: number) => boolean }
  | { readonly kind: 'list' | 'set'; readonly of: Form; readonly test: (size: number) => boolean }
  | {
      readonly kind: 'map'
      readonly key: Form
      readonly value: Form
      readonly test: (size: number) => boolean
    }
  | { readonly kind: 'dictionary'; readonly of: Form; readonly test: (name: string) => boolean }
  | { readonly kind: 'nullable'; readonly of: Form }
  | { readonly kind: 'tuple' | 'either'; readonly of: readonly Form[] }
  | { readonly kind: 'object'; readonly fields: readonly FormField[] }
  | { readonly kind: 'model'; readonly tag: string; readonly model: Model }

interface PlainForm {
  readonly kind: 'plain'
  readonly test: (value: unknown) => value is Plain
  /** When the test is for nothing else: most fields are of these, and a test that stands in the loop needs no call. */
  readonly only?: 'string' | 'number' | undefined
  /** Whether the test takes nothing but strings. */
  readonly isText?: boolean
}

/**
 * Whether a Map or Set of so many keys may be put together without a look at what they cost: see key-collisions.ts, which the
 * general encoding asks.
 */
export function areFree(keys: Form, size: number): boolean {
  return size <= fewKeys || (keys.kind === 'plain' ? keys.isText === true : keys.kind === 'model')
}

export interface FormField {
  readonly name: string
  readonly of: Form
  readonly optional: boolean
  /** Whether it may be there as `undefined`. */
  readonly undefinable: boolean
}

/** JSON has no -0, NaN or infinities. */
export function isPlain(value: unknown): value is Plain {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return isPlainNumber(value)
    default:
      return value === null
  }
}

export function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && (value !== 0 || 1 / value > 0)
}
