import type { Shape } from './shape.ts'

/** What numbers of a format can be. */
interface Range {
  readonly lowest: number | bigint
  readonly highest: number | bigint
  readonly whole: boolean
}

const largestFloat32 = 3.4028234663852886e38
const ranges: Readonly<Record<string, Range>> = {
  safeint: { lowest: Number.MIN_SAFE_INTEGER, highest: Number.MAX_SAFE_INTEGER, whole: true },
  int32: { lowest: -(2 ** 31), highest: 2 ** 31 - 1, whole: true },
  uint32: { lowest: 0, highest: 2 ** 32 - 1, whole: true },
  float32: { lowest: -largestFloat32, highest: largestFloat32, whole: false },
  float64: { lowest: -Number.MAX_VALUE, highest: Number.MAX_VALUE, whole: false },
  int64: { lowest: -(2n ** 63n), highest: 2n ** 63n - 1n, whole: true },
  uint64: { lowest: 0n, highest: 2n ** 64n - 1n, whole: true },
}

export interface Bounds {
  readonly lowest: number | bigint
  readonly highest: number | bigint
}

/** Between which bounds the formats of a shape keep it, whatever bounds it states itself: numbers, or the lengths of texts. */
export function boundsOfFormats({ type, formats = [] }: Shape): Bounds {
  const found = formats.flatMap((format) => ranges[format] ?? [])
  const shortest = type === 'string' ? formats.map(shortestOf) : []
  return {
    lowest: [...found.map(({ lowest }) => lowest), ...shortest].reduce(larger, Number.NEGATIVE_INFINITY),
    highest: found.map(({ highest }) => highest).reduce(smaller, Number.POSITIVE_INFINITY),
  }
}

/** Whether a shape gives whole numbers alone. */
export function isWhole({ type, formats = [], multipleOf }: Shape): boolean {
  return type === 'bigint' || formats.some((format) => ranges[format]?.whole) || Number.isInteger(multipleOf)
}

/** Whether all that is of the shape `before`, within `bounds`, is of a format. */
export function impliesFormat(before: Shape, { lowest, highest }: Bounds, format: string): boolean {
  const range = ranges[format]
  if (range) {
    const { lowest: from, highest: to, whole } = range
    // Numbers are finite, which is all that a double is.
    const isWithin = format === 'float64' || (lowest >= from && highest <= to)
    return isWithin && (!whole || isWhole(before))
  }
  return (before.formats ?? []).some((one) => impliesText(one, format))
}

const wider: ReadonlySet<string> = new Set(['offset=true', 'local=true'])

/** Formats of texts: one with an option is of the one without, but for options that let more in. */
function impliesText(one: string, other: string): boolean {
  if (one === other) return true
  const [[name, ...given], [wanted, ...asked]] = [words(one), words(other)]
  const isSame =
    name === wanted || (name === 'uuid' && wanted === 'guid') || (name.endsWith('_hex') && wanted === 'hex')
  if (!isSame || opaque.has(name)) return false
  return (
    asked.every((option) => wider.has(option) || given.includes(option)) &&
    given.every((option) => !wider.has(option) || asked.includes(option))
  )
}

function words(format: string): [string, ...string[]] {
  const [name = '', ...options] = format.split(' ')
  return [name, ...options]
}

/** Formats that are told by a pattern alone. */
const opaque: ReadonlySet<string> = new Set([
  ...['regex', 'starts_with', 'ends_with', 'includes', 'pattern', 'protocol', 'hostname'],
])
const maybeEmpty: ReadonlySet<string> = new Set(['base64', 'base64url', 'hex', 'lowercase', 'uppercase'])
const lengths: Readonly<Record<string, number>> = {
  ...{ uuid: 36, guid: 36, date: 10, datetime: 17, time: 5, nanoid: 21, ulid: 26 },
  ...{ email: 6, url: 3, ipv4: 7, e164: 8 },
}

/** How short a text of a format may be: 1 for all that cannot be empty. */
function shortestOf(format: string): number {
  const [name] = words(format)
  if (opaque.has(name)) return takesEmpty(format) ? 0 : 1
  return maybeEmpty.has(name) ? 0 : (lengths[name] ?? 1)
}

function takesEmpty(format: string): boolean {
  return patternOf(format)?.test('') ?? true
}

/** The pattern by which a format is told, where it is one. */
export function patternOf(format: string): RegExp | undefined {
  const [, source, flags] = /^\w+ \/(.*)\/(\w*)$/s.exec(format) ?? []
  if (source === undefined) return undefined
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}

function larger(one: number | bigint, other: number | bigint): number | bigint {
  return one > other ? one : other
}

function smaller(one: number | bigint, other: number | bigint): number | bigint {
  return one < other ? one : other
}
