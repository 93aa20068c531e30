import { BrineError } from '../../errors.ts'
import { root } from '../../path.ts'

/**
 * What a seal binds a text to beside its place, in the text itself: a place may be used again, and a bond never is. The texts
 * of one job (payload, progress, result, error) have the same bond. Each member is 1 to 64 characters of base64url.
 */
export interface Bond {
  /** The token of the enqueue that the text belongs to. */
  readonly for?: string | undefined
  /** The token of the parent, in the text of a child. */
  readonly parent?: string | undefined
  /** The digest of the job's deduplication id. */
  readonly deduplication?: string | undefined
  /** Of a schedule's template, and so of its runs: the digest of when it runs. See schedule-seal.ts for this and the following. */
  readonly repeat?: string | undefined
  readonly since?: string | undefined
  readonly generation?: string | undefined
  readonly first?: string | undefined
  readonly offset?: string | undefined
  readonly declared?: string | undefined
}

/** How a bond stands in a seal, behind a comma. Bounded, and without a bracket, so that it ends where it seems to. */
export const bondPattern = String.raw`(?:,(\{[\w",:.-]{0,1000}\}))?`

/** The most characters that a bond adds to a text. */
export const longestBond = 1_003

// In the order in which they are written.
const names = [
  ...(['for', 'parent', 'deduplication'] as const),
  ...(['repeat', 'since', 'generation', 'first', 'offset', 'declared'] as const),
] as const
const known: ReadonlySet<string> = new Set(names)
const lone = /^\{"for":"([\w-]{1,64})"\}$/
const member = /^[\w-]{1,64}$/

/** The text of a bond, by which it is sealed. */
export function writeBond(bond: Bond): string {
  const { for: token, parent, deduplication, repeat } = bond
  // Most jobs have nothing else.
  if (token !== undefined && parent === undefined && deduplication === undefined && repeat === undefined) {
    return `{"for":"${token}"}`
  }
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, bond[name]])))
}

/**
 * The bond of a text whose seal held. Throws ENCODING_UNKNOWN for one that a newer build wrote: a member that this build does
 * not know may forbid what the text is about to be used for.
 */
export function readBond(text: string): Bond {
  const token = lone.exec(text)?.[1]
  if (token !== undefined) return { for: token }
  const bond = parse(text)
  if (bond) return bond
  const remedy = 'its seal has a bond that this build does not know: deploy the build that wrote it'
  throw new BrineError('ENCODING_UNKNOWN', remedy, { path: root })
}

function parse(text: string): Bond | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    const members = Object.entries(parsed as object)
    return members.every(([name, value]) => known.has(name) && typeof value === 'string' && member.test(value))
      ? (parsed as Bond)
      : undefined
  } catch {
    return undefined
  }
}

/** Whether a text with this bond may stand where one with all members of `expected` belongs. */
export function holds(bond: Bond | undefined, expected: Bond): boolean {
  return names.every((name) => expected[name] === undefined || bond?.[name] === expected[name])
}
