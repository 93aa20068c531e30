import { type $ZodCheck, type $ZodChecks, type $ZodType, type $ZodTypes, regexes } from 'zod/v4/core'
import type { Shape } from './shape.ts'

/** What the checks of a schema ask for beyond its kind. */
export function describeChecks(schema: $ZodType): Partial<Shape> {
  const { def } = (schema as $ZodTypes)._zod
  const found: Partial<Shape> = {}
  const formats = new Set<string>()
  // A kind of its own, such as `z.email()`, is a check as well.
  if ('format' in def && typeof def.format === 'string') addAll(formats, formatsOf(def.format, def))
  for (const check of def.checks ?? []) describeCheck(check, found, formats)
  // What it trims is held to the checks that follow.
  const overwrites = (def.checks ?? []).findIndex((check) => (check as $ZodChecks)._zod.def.check === 'overwrite')
  if (overwrites >= 0 && overwrites < (def.checks?.length ?? 0) - 1) found.refinements = (found.refinements ?? 0) + 1
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
      addAll(formats, formatsOf(def.format, def))
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

function addAll(formats: Set<string>, found: readonly string[]): void {
  for (const format of found) formats.add(format)
}

/** As JSON has it. */
function boundOf(value: unknown): string | number {
  if (typeof value === 'number') return value
  return value instanceof Date ? value.toISOString() : String(value)
}

const named: ReadonlySet<string> = new Set(['regex', 'starts_with', 'ends_with', 'includes'])

/** A format by its name and options, and by its patterns where these say nothing. */
function formatsOf(format: string, def: object): string[] {
  const get = (name: string): unknown => Reflect.get(def, name)
  const pattern = get('pattern')
  if (named.has(format)) return [`${format} ${String(pattern)}`]
  const options = ['version', 'offset', 'local', 'precision', 'alg', 'delimiter'].flatMap((name) => {
    const value = get(name)
    return value === undefined || value === null || value === false ? [] : [`${name}=${String(value)}`]
  })
  const patterns = ['protocol', 'hostname'].flatMap((name) => {
    const value = get(name)
    return value instanceof RegExp ? [`${name} ${String(value)}`] : []
  })
  if (pattern instanceof RegExp && isOwnPattern(format, pattern, get('fn'))) patterns.push(`pattern ${String(pattern)}`)
  return [[format, ...options].join(' '), ...patterns]
}

const zods: ReadonlySet<string> = new Set(
  Object.values(regexes).flatMap((one: unknown) => (one instanceof RegExp ? [one.source] : [])),
)

/** Of what zod names, the pattern is zod's, and may change with its releases. */
function isOwnPattern(format: string, { source }: RegExp, test: unknown): boolean {
  if (format === 'email') return source !== regexes.email.source
  return test !== undefined && !zods.has(source) && !/^\w+_(hex|base64|base64url)$/.test(format)
}
