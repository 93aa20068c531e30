import type { Shape } from './shape.ts'

/** The shapes that others inside them name by `ref`. */
export function shapesById(shape: Shape, found = new Map<number, Shape>()): ReadonlyMap<number, Shape> {
  if (shape.id !== undefined) found.set(shape.id, shape)
  const inner = [shape.rest, shape.key, shape.value, shape.out, ...Object.values(shape.fields ?? {})]
  for (const one of [...inner, ...(shape.items ?? []), ...(shape.options ?? []), ...(shape.parts ?? [])]) {
    if (one) shapesById(one, found)
  }
  return found
}

/** What a reference means, with its own word on whether it may be missing. */
export function resolve(shape: Shape, byId: ReadonlyMap<number, Shape>): Shape {
  const found = shape.ref === undefined ? undefined : byId.get(shape.ref)
  if (!found) return shape
  const { optional: _, exact: __, default: ___, nullable: ____, ...bare } = found
  return {
    ...bare,
    ...(shape.optional && { optional: true }),
    ...(shape.exact && { exact: true }),
    ...(shape.nullable && { nullable: true }),
  }
}
