import type { Change } from './change.ts'
import type { Shape } from './shape.ts'

/** What became of the bounds, formats and refinements of two shapes of one kind. */
export function compareBounds(before: Shape, now: Shape, path: string): Change[] {
  const changes: Change[] = []
  const narrowed = (text: string) => changes.push({ code: 'narrowed', path, text, effect: 'refuses' })
  const widened = (text: string) => changes.push({ code: 'widened', path, text, effect: 'takes' })
  for (const side of ['lower', 'upper'] as const) {
    const [was, is] = [boundOf(before, side), boundOf(now, side)]
    const tighter = isTighter(is, was, side, now.type)
    if (tighter) narrowed(`was ${say(was)}, is ${say(is)}`)
    else if (isTighter(was, is, side, now.type)) widened(`was ${say(was)}, is ${say(is)}`)
  }
  const [step, other] = [now.multipleOf, before.multipleOf]
  if (step !== undefined && !isMultiple(other, step)) narrowed(`has to be a multiple of ${step}`)
  else if (step !== other) widened('more numbers are allowed')
  const implied = new Set((before.formats ?? []).flatMap((format) => [format, ...(implies[format] ?? [])]))
  const added = (now.formats ?? []).filter((format) => !implied.has(format))
  if (added.length > 0) narrowed(`has to be ${added.join(' and ')}`)
  else if (`${now.formats}` !== `${before.formats}`) widened(`was ${before.formats?.join(' and ')}`)
  if ((now.refinements ?? 0) > (before.refinements ?? 0)) {
    const text = 'has a new refinement, which nothing describes: samples alone can tell what it refuses'
    changes.push({ code: 'refined', path, text, effect: 'unknown' })
  }
  return changes
}

// What is of the one format is of the others.
const implies: Readonly<Record<string, readonly string[]>> = {
  int32: ['safeint'],
  uint32: ['safeint'],
  float32: ['float64'],
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
