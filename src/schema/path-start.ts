import type { $ZodType } from 'zod/v4/core'
import { type Names, Way } from './way.ts'

/** Where paths into a value begin, worked out only when something is wrong with it. */
export interface PathStart {
  /** Which names they print. */
  readonly names: () => Names
  way(): Way
}

/** `schema` is that of the whole value, if one is known. */
export function pathStart(names: () => Names, schema?: $ZodType): PathStart {
  return { names, way: () => new Way(names(), schema ? [schema] : []) }
}
