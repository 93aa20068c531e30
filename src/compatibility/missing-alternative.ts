import { type Change, refuses } from './change.ts'
import { nameOfShape } from './name-of-shape.ts'
import type { Shape } from './shape.ts'
import { typeOfValue, valuesOf } from './values.ts'

/** What is said of an alternative that nothing takes any more. */
export function missingAlternative(
  old: Shape,
  olds: readonly Shape[],
  now: Shape,
  news: readonly Shape[],
  path: string,
): Change {
  const values = [...valuesOf(news)].filter((value) => typeOfValue(value) === old.type)
  if (values.length > 0) return refuses('narrowed', path, `was any ${old.type}, is ${listOf(values)}`)
  if (olds.length > 1)
    return refuses('union-shortened', path, `might be ${nameOfShape(old)}, and must not: ${nameOfShape(now)}`)
  return refuses('type-changed', path, `was ${nameOfShape(old)}, is ${nameOfShape(now)}`)
}

/** Values in words. */
export function listOf(values: readonly string[]): string {
  return values.length === 1 ? `${values[0]}` : `one of ${values.join(', ')}`
}
