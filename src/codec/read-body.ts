import type { PathStart } from '../schema/path-start.ts'
import { build } from './build.ts'
import type { CodecContext } from './codec-context.ts'
import { fieldsEncodingId } from './fields/layout.ts'
import { toEntries } from './fields/to-entries.ts'
import { scan } from './scan.ts'
import { buildSpecial } from './special-values.ts'

/** The value of a parsed body. */
export function readBody(encoding: string, body: unknown, knowledge: CodecContext, start: PathStart): unknown {
  const isByFields = encoding === fieldsEncodingId
  if (!isByFields && typeof body === 'number') return buildSpecial(body)
  return build(scan(isByFields ? toEntries(body, knowledge, start) : body, knowledge, start), knowledge.limits)
}
