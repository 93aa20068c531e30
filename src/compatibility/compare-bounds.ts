import { type Change, unknown } from './change.ts'
import { type Bounds, boundsOfFormats, impliesFormat, isWhole } from './format-ranges.ts'
import type { Shape } from './shape.ts'

/** What became of the bounds, formats and refinements of two shapes of one kind. */
export function compareBounds(before: Shape, now: Shape, path: string): Change[] {
  const changes: Change[] = []
  const narrowed = (text: string) => changes.push({ code: 'narrowed', path, text, effect: 'refuses' })
  const widened = (text: string) => changes.push({ code: 'widened', path, text, effect: 'takes' })
  const given = effectiveBounds(before)
  for (const side of ['lower', 'upper'] as const) {
    const [was, is] = [boundOf(before, side), boundOf(now, side)]
    if (isTighter(is, was, side, now.type) && !isWithin(is, given, side, now.type))
      narrowed(`was ${say(was)}, is ${say(is)}`)
    else if (isTighter(was, is, side, now.type)) widened(`was ${say(was)}, is ${say(is)}`)
  }
  const [step, other] = [now.multipleOf, before.multipleOf]
  if (step !== undefined && !isMultiple(other ?? (isWhole(before) ? 1 : undefined), step))
    narrowed(`has to be a multiple of ${step}`)
  else if (other !== undefined && step !== other) widened('more numbers are allowed')
  const added = (now.formats ?? []).filter((format) => !impliesFormat(before, given, format))
  const dropped = (before.formats ?? []).filter((format) => !now.formats?.includes(format))
  if (added.length > 0) narrowed(`has to be ${added.join(' and ')}`)
  else if (dropped.length > 0) widened(`was ${dropped.join(' and ')}`)
  return [...changes, ...compareRefinements(before, now, path)]
}

export function compareRefinements(before: Shape, now: Shape, path: string): Change[] {
  if ((now.refinements ?? 0) <= (before.refinements ?? 0)) return []
  const text = 'has a new refinement, which nothing describes: samples alone can tell what it refuses'
  return [unknown('refined', path, text)]
}

/** The bounds that hold: those that are stated, and those of its formats. */
function effectiveBounds(shape: Shape): Bounds {
  const [lower, upper] = [boundOf(shape, 'lower'), boundOf(shape, 'upper')]
  const { lowest, highest } = boundsOfFormats(shape)
  const [from, to] = [lower && toNumber(lower.value, shape.type), upper && toNumber(upper.value, shape.type)]
  return {
    lowest: from !== undefined && from > lowest ? from : lowest,
    highest: to !== undefined && to < highest ? to : highest,
  }
}

function isWithin(
  bound: Bound | undefined,
  { lowest, highest }: Bounds,
  side: 'lower' | 'upper',
  type: string,
): boolean {
  if (bound === undefined) return true
  const value = toNumber(bound.value, type)
  const [within, at] = side === 'lower' ? [lowest > value, lowest === value] : [highest < value, highest === value]
  return within || (at && !isExclusive(bound))
}

interface Bound {
  value: string | number
  /** How it reads. */
  word: 'at least' | 'at most' | 'above' | 'below'
}

function boundOf({ type, min, max, above, below }: Shape, side: 'lower' | 'upper'): Bound | undefined {
  const [inclusive, exclusive] = side === 'lower' ? [min, above] : [max, below]
  const [one, other] = side === 'lower' ? (['at least', 'above'] as const) : (['at most', 'below'] as const)
  const bounds: Bound[] = []
  if (inclusive !== undefined) bounds.push({ value: inclusive, word: one })
  if (exclusive !== undefined) bounds.push({ value: exclusive, word: other })
  const [first, second] = bounds
  return second && isTighter(second, first, side, type) ? second : first
}

function isTighter(one: Bound | undefined, other: Bound | undefined, side: 'lower' | 'upper', type: string): boolean {
  if (one === undefined || other === undefined) return one !== undefined
  const [a, b] = [toNumber(one.value, type), toNumber(other.value, type)]
  if (a === b) return isExclusive(one) && !isExclusive(other)
  return side === 'lower' ? a > b : a < b
}

function isExclusive({ word }: Bound): boolean {
  return word === 'above' || word === 'below'
}

function toNumber(value: string | number, type: string): number | bigint {
  if (typeof value === 'number') return value
  return type === 'date' ? Date.parse(value) : BigInt(value)
}

function isMultiple(of: string | number | undefined, step: string | number): boolean {
  if (of === undefined) return false
  return typeof of === 'number' && typeof step === 'number' ? of % step === 0 : BigInt(of) % BigInt(step) === 0n
}

function say(bound: Bound | undefined): string {
  return bound === undefined ? 'without a bound' : `${bound.word} ${bound.value}`
}
