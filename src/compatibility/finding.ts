import type { ChangeCode } from './change.ts'
import type { JobPart } from './lock.ts'

/**
 * `safe`: what was stored is read as before. `needs-version`: it is not, and an upcaster from this version mends it. `breaking`:
 * it is not, and no upcaster can, or the one that is there fails.
 */
export type Verdict = 'safe' | 'needs-version' | 'breaking'

export type FindingCode =
  | ChangeCode
  | 'new'
  | 'gone'
  | 'renamed'
  | 'not-locked'
  | 'version-lowered'
  | 'no-upcaster'
  | 'upcaster-fails'
  | 'sample-fails'
  | 'no-samples'
  | 'older-readers'
  | 'model-changed'

/** One thing that was found of a model or job. */
export interface Finding {
  readonly code: FindingCode
  /** `note`: to be known, and no reason to stop. */
  readonly verdict: Verdict | 'note'
  /** Of the entry in brine.lock.json that it was held against; undefined when there is none. */
  readonly version: number | undefined
  readonly part: 'fields' | JobPart | undefined
  /** Where in that part. */
  readonly path: string | undefined
  /** What is, in words. */
  readonly text: string
  /** What to do about it. */
  readonly remedy: string | undefined
}

/** What was found of one model or job. */
export interface Checked {
  readonly kind: 'model' | 'job'
  /** The tag; for a job its queue and name: `people/greet`. */
  readonly name: string
  /** Of the code as it is now; undefined for what it no longer has. */
  readonly version: number | undefined
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
}

/** All that `brine check` found. */
export interface CheckReport {
  /** Whether everything is safe. */
  readonly safe: boolean
  /** Whether brine.lock.json knows the code as it is: else `brine check --update` is due. */
  readonly upToDate: boolean
  /** Sorted: models, then jobs. */
  readonly checked: readonly Checked[]
}

const order: readonly Verdict[] = ['safe', 'needs-version', 'breaking']

/** The worst verdict among findings. */
export function worstOf(findings: readonly Finding[]): Verdict {
  const ranks = findings.map(({ verdict }) => (verdict === 'note' ? 0 : order.indexOf(verdict)))
  return order[Math.max(0, ...ranks)] ?? 'safe'
}
