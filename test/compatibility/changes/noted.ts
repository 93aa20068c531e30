import { z } from 'zod'
import type { Row } from './parts.ts'

const both = z.union([z.string(), z.number()])

/** What no shape tells, so that samples have to. */
export const noted: Row[] = [
  ['a union that is refined', both, both.refine(() => true), ['refined $.a']],
  ['a union of which one alone may hold', both, z.xor([z.string(), z.number()]), ['refined $.a']],
  ['an enum that is refined', z.enum(['x', 'y']), z.enum(['x', 'y']).refine(() => true), ['refined $.a']],
  ['an enum into refined texts', z.enum(['x', 'y']), z.string().refine(() => true), ['not-described $.a']],
  ['an enum into a number that is made of it', z.enum(['1', '2']), z.coerce.number(), ['not-described $.a']],
  ['a whole number into a coerced one of bounds', z.bigint(), z.coerce.number().min(5), ['not-described $.a']],
  ['a text into what its author tells', z.string(), z.custom(), ['not-described $.a']],
  ['a preprocess', z.string(), z.preprocess((any) => any, z.string()), ['not-described $.a']],
  ['a preprocess that is gone', z.preprocess(String, z.string()), z.string().optional(), ['not-described $.a']],
]
