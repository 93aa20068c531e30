import { createHash } from 'node:crypto'
import type { CheckedRepeat } from '../contract/repeat.ts'
import type { Bond } from '../seal/bond.ts'
import type { Slots } from './slots.ts'

/** What the seal of a schedule's template says of its runs. All times are milliseconds since 1970. */
export interface ScheduleSeal extends Omit<Slots, 'repeat'> {
  /** Counts the templates of one schedule: a newer one has a larger number, whatever the clocks say. */
  readonly generation: number
  /** Of `repeat`, which is kept beside the text: see `repeatDigest`. */
  readonly repeat: string
  /** `offset` of `repeat`. BullMQ writes another one beside the text. */
  readonly offset: number | undefined
  /** The digest of the declaration in the contract; undefined for a schedule made by hand. */
  readonly declared: string | undefined
}

/** The members of a bond that stand for it. */
export function bondOf({ repeat, since, generation, first, offset, declared }: ScheduleSeal): Bond {
  return {
    ...{ repeat, since: String(since), first: String(first) },
    // It is another number only after the clock of Redis went back.
    ...(generation !== since && { generation: String(generation) }),
    ...(offset !== undefined && { offset: String(offset) }),
    ...(declared !== undefined && { declared }),
  }
}

/** Undefined for the bond of a text that is no template's, or was sealed by a build that did not say this. */
export function readScheduleSeal(bond: Bond | undefined): ScheduleSeal | undefined {
  const { repeat, since, first, generation = since, offset, declared } = bond ?? {}
  if (repeat === undefined || since === undefined || first === undefined) return undefined
  return {
    ...{ repeat, declared, since: Number(since), first: Number(first), generation: Number(generation) },
    offset: offset === undefined ? undefined : Number(offset),
  }
}

/** What is kept of a `repeat`, by its names in a job's options and in a schedule's hash, where numbers are texts. */
type StoredRepeat = Readonly<Partial<Record<(typeof digested)[number], unknown>>>

// Not `immediately`, which decides the first slot alone, and not `offset`.
const digested = ['pattern', 'every', 'tz', 'limit', 'startDate', 'endDate'] as const
const texts: ReadonlySet<string> = new Set(['pattern', 'tz'])
// Redis' Lua writes no more digits of a number.
const digits = 14

/** The digest of when a schedule runs: the same of a declaration, of a run's options and of a schedule's hash. */
export function repeatDigest(repeat: StoredRepeat): string {
  const members = digested.map((name) => {
    const value = repeat[name] ?? null
    return value === null || texts.has(name) ? value : Number(value).toPrecision(digits)
  })
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

/** The `repeat` that a seal is for, of what is kept beside its text; undefined when that is not what was sealed. */
export function repeatOf(seal: ScheduleSeal, stored: unknown): CheckedRepeat | undefined {
  const given: StoredRepeat = typeof stored === 'object' && stored !== null ? stored : {}
  if (repeatDigest(given) !== seal.repeat) return undefined
  const known = digested.flatMap((name) => {
    const value = given[name] ?? undefined
    return value === undefined ? [] : [[name, texts.has(name) ? value : Number(value)]]
  })
  return Object.fromEntries(seal.offset === undefined ? known : [...known, ['offset', seal.offset]])
}
