import { isDeepStrictEqual } from 'node:util'
import type { Shape } from './shape.ts'

const mostOptions = 64

/**
 * The shape of what both take: of two objects one with the fields of both, of a union one of each alternative's. Where that cannot be
 * told, an intersection of its parts.
 */
export function intersectShapes(left: Shape, right: Shape): Shape {
  const [one, other] = [optionsOf(left), optionsOf(right)]
  const isUnion = one.length > 1 || other.length > 1
  if (isUnion && one.length * other.length <= mostOptions) {
    const both = one.flatMap((a) => other.map((b) => mergeObjects(a, b)))
    const whole = both.filter((shape) => shape !== undefined)
    if (whole.length === both.length) return { type: 'union', options: sortShapes(whole) }
  }
  return mergeObjects(left, right) ?? { type: 'intersection', parts: sortShapes([left, right]) }
}

/** By their texts, so that no order of an author's shows. */
export function sortShapes(shapes: readonly Shape[]): Shape[] {
  const texts = new Map(shapes.map((shape) => [shape, JSON.stringify(shape)]))
  return [...shapes].sort((a, b) => ((texts.get(a) ?? '') < (texts.get(b) ?? '') ? -1 : 1))
}

/** `__proto__` is a name like any other. */
export function defineField(fields: Record<string, Shape>, name: string, value: Shape): void {
  Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true })
}

function optionsOf(shape: Shape): readonly Shape[] {
  const isPlain = shape.type === 'union' && !shape.optional && !shape.nullable && shape.id === undefined
  return isPlain ? (shape.options ?? []) : [shape]
}

function mergeObjects(left: Shape, right: Shape): Shape | undefined {
  const [one, other] = [left.fields, right.fields]
  if (!(one && other && isPlainObject(left) && isPlainObject(right))) return undefined
  const [undeclared, also] = [left.undeclared, right.undeclared]
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
  const fields: Record<string, Shape> = {}
  for (const name of names) {
    const [a, b] = [own(one, name), own(other, name)]
    if (a && b && !isDeepStrictEqual(a, b)) return undefined
    const field = a ?? b
    if (field) defineField(fields, name, field)
  }
  // What both refuse is refused: what one declares the other lets pass.
  const kept = [undeclared, also].includes('keep') ? 'keep' : undeclared === also ? undeclared : undefined
  return { type: 'object', fields, ...(kept && { undeclared: kept }) }
}

function isPlainObject({ type, rest, refinements, optional, nullable, id }: Shape): boolean {
  return type === 'object' && !rest && !refinements && !optional && !nullable && id === undefined
}

function own(fields: Readonly<Record<string, Shape>>, name: string): Shape | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}
