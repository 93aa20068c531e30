import { regexes } from 'zod/v4/core'
import { isRefusal } from './change.ts'
import { coerce, type Outcome } from './coercion.ts'
import { compareBounds } from './compare-bounds.ts'
import { patternOf } from './format-ranges.ts'
import type { Shape } from './shape.ts'

export function isValues({ type }: Shape): boolean {
  return type === 'enum' || type === 'literal'
}

export function valuesOf(shapes: readonly Shape[]): ReadonlySet<string> {
  const values = shapes.filter(isValues).flatMap((shape) => shape.values ?? [])
  return new Set(values.filter((value) => value !== 'null' && value !== 'undefined'))
}

export function typeOfValue(value: string): string {
  if (value.startsWith('"')) return 'string'
  if (value === 'true' || value === 'false') return 'boolean'
  return value.endsWith('n') ? 'bigint' : 'number'
}

/** Whether one of these shapes takes a value of an enum or literal. */
export function takesValue(shapes: readonly Shape[], value: string): Outcome {
  const outcomes = shapes.map((shape) => (isValues(shape) ? isAmong(shape, value) : takesOne(shape, value)))
  return outcomes.find((one) => one === 'takes') ?? outcomes.find((one) => one === 'unknown') ?? 'refuses'
}

function isAmong({ values }: Shape, value: string): Outcome {
  return values?.includes(value) ? 'takes' : 'refuses'
}

function takesOne(shape: Shape, value: string): Outcome {
  if (shape.type === 'custom') return 'unknown'
  const one = shapeOfValue(value)
  if (shape.type !== one.type) return shape.coerced ? coerce(one, shape) : 'refuses'
  const texts = one.type === 'string' ? (shape.formats ?? []).map((format) => isOfFormat(value, format)) : []
  const { formats, ...bounds } = shape
  const isOut = compareBounds(one, one.type === 'string' ? bounds : shape, '').some(isRefusal)
  if (isOut || texts.includes('refuses')) return 'refuses'
  return shape.refinements || texts.includes('unknown') ? 'unknown' : 'takes'
}

/** The narrowest shape that tells of a value: its bounds are the value itself. */
function shapeOfValue(value: string): Shape {
  const type = typeOfValue(value)
  if (type === 'boolean') return { type }
  if (type === 'string') {
    const { length } = textOf(value)
    return { type, min: length, max: length }
  }
  const one = type === 'number' ? Number(value) : value.slice(0, -1)
  return { type, min: one, max: one, multipleOf: typeof one === 'number' ? Math.abs(one) : one }
}

function isOfFormat(value: string, format: string): Outcome {
  const known: unknown = patternOf(format) ?? Reflect.get(regexes, format)
  if (!(known instanceof RegExp)) return 'unknown'
  return known.test(textOf(value)) ? 'takes' : 'refuses'
}

function textOf(value: string): string {
  return String(JSON.parse(value))
}
