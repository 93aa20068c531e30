import { BrineError } from '../errors.ts'
import { root } from '../path.ts'

/**
 * What a seal binds a text to beside its place. The text itself holds the bond. A place may be used again, a bond never is. The
 * texts of one job (payload, progress, result, error) have the same bond. Each member is 1 to 64 characters of base64url.
 */
export interface Bond {
  /** The token of the enqueue that the text belongs to. */
  readonly for?: string | undefined
  /** The token of the parent, in the text of a child. */
  readonly parent?: string | undefined
  /** The digest of the job's deduplication id. */
  readonly deduplication?: string | undefined
  /** In a schedule's template and in its runs, the digest of when it runs. schedule-seal.ts describes this and the following. */
  readonly repeat?: string | undefined
  readonly since?: string | undefined
  readonly generation?: string | undefined
  readonly first?: string | undefined
  readonly offset?: string | undefined
  readonly declared?: string | undefined
}

/** A bond in a seal, after a comma. Its length is bounded, and it has no bracket, so the seal's bracket ends it. */
export const bondPattern = String.raw`(?:,(\{[\w",:.-]{0,1000}\}))?`

/** The most characters that a bond adds to a text. */
export const longestBond = 1_003

// In the order in which they are written.
const names = [
  'for',
  'parent',
  'deduplication',
  'repeat',
  'since',
  'generation',
  'first',
  'offset',
  'declared',
] as const
const known: ReadonlySet<string> = new Set(names)
const lone = /^\{"for":"([\w-]{1,64})"\}$/
const member = /^[\w-]{1,64}$/

/** The text of a bond, by which it is sealed. */
export function writeBond(bond: Bond): string {
  let text = ''
  for (const name of names) {
    // Base64url needs no escapes.
    if (bond[name] !== undefined) text += `${text === '' ? '' : ','}"${name}":"${bond[name]}"`
  }
  return `{${text}}`
}

/**
 * The bond of a text whose seal is valid. Throws ENCODING_UNKNOWN for a bond that a newer build wrote: a member that this build
 * does not know may forbid what the text is about to be used for.
 */
export function readBond(text: string): Bond {
  // Most jobs have nothing else.
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

/** Whether a bond has all members of `expected`. */
export function holds(bond: Bond | undefined, expected: Bond): boolean {
  return names.every((name) => expected[name] === undefined || bond?.[name] === expected[name])
}

const claim = new RegExp(String.raw`^\{"brine":1,"seal":\["\w{1,16}"(?:,"[\w.-]{1,64}"){2,3}${bondPattern}\],`)

const longestClaim = 200 + longestBond

/** The bond at the beginning of a text, whose seal is not checked: use it only to refuse the text early. */
export function claimedBond(text: string): Bond | undefined {
  const [, written] = claim.exec(text.slice(0, longestClaim)) ?? []
  return written === undefined ? undefined : parse(written)
}
