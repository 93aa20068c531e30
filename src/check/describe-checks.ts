import type { $ZodCheck, $ZodChecks, $ZodType, $ZodTypes } from 'zod/v4/core'
import type { Shape } from './shape.ts'

/** What the checks of a schema ask for beyond its kind. */
export function describeChecks(schema: $ZodType): Partial<Shape> {
  const { def } = (schema as $ZodTypes)._zod
  const found: Partial<Shape> = {}
  const formats = new Set<string>()
  // A kind of its own, such as `z.email()`, is a check as well.
  if ('format' in def && typeof def.format === 'string') formats.add(formatOf(def.format, def))
  for (const check of def.checks ?? []) describeCheck(check, found, formats)
  if (formats.size > 0) found.formats = [...formats].sort()
  return found
}

function describeCheck(check: $ZodCheck<never>, found: Partial<Shape>, formats: Set<string>): void {
  const { def } = (check as $ZodChecks)._zod
  switch (def.check) {
    case 'greater_than':
      narrow(found, def.inclusive ? 'min' : 'above', boundOf(def.value), (one, other) => one > other)
      return
    case 'less_than':
      narrow(found, def.inclusive ? 'max' : 'below', boundOf(def.value), (one, other) => one < other)
      return
    case 'multiple_of':
      found.multipleOf = boundOf(def.value)
      return
    case 'number_format':
    case 'bigint_format':
      formats.add(def.format)
      return
    case 'string_format':
      formats.add(formatOf(def.format, def))
      return
    case 'min_length':
    case 'min_size':
      narrow(found, 'min', def.minimum, (one, other) => one > other)
      return
    case 'max_length':
    case 'max_size':
      narrow(found, 'max', def.maximum, (one, other) => one < other)
      return
    case 'length_equals':
      Object.assign(found, { min: def.length, max: def.length })
      return
    case 'size_equals':
      Object.assign(found, { min: def.size, max: def.size })
      return
    case 'overwrite':
      // Trims and the like take whatever they change.
      return
    default:
      found.refinements = (found.refinements ?? 0) + 1
  }
}

type Bound = 'min' | 'max' | 'above' | 'below'

function narrow(
  found: Partial<Shape>,
  name: Bound,
  bound: string | number,
  tighter: (one: string | number, other: string | number) => boolean,
): void {
  const known = found[name]
  if (known === undefined || tighter(bound, known)) found[name] = bound
}

/** As JSON has it. */
function boundOf(value: unknown): string | number {
  if (typeof value === 'number') return value
  return value instanceof Date ? value.toISOString() : String(value)
}

const named: ReadonlySet<string> = new Set(['regex', 'starts_with', 'ends_with', 'includes'])

/** A format by its name, and by its pattern where its name says nothing. */
function formatOf(format: string, def: object): string {
  const pattern: unknown = Reflect.get(def, 'pattern')
  if (named.has(format)) return `${format} ${String(pattern)}`
  const options = ['version', 'offset', 'local', 'precision', 'alg'].flatMap((name) => {
    const value: unknown = Reflect.get(def, name)
    return value === undefined || value === null || value === false ? [] : [`${name}=${String(value)}`]
  })
  return [format, ...options].join(' ')
}
