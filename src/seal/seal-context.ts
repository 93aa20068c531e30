import type { Place } from '../codec/envelope.ts'
import type { SealMode } from './keyring.ts'

/** Where a codec's texts are stored, as far as all of them share it. */
export interface SealSite {
  purpose: 'queue' | 'store' | 'file' | 'codec'
  /** Of a queue's keys. */
  prefix: string
  /** The queue's name. */
  queue: string
}

const envelopeVersion = '1'

/** What the keys of one site are derived for: see docs/wire.md. */
export function keyInfo(
  { purpose, prefix, queue }: Omit<SealSite, 'purpose'> & { purpose: SealSite['purpose'] | 'fingerprint' },
  mode: SealMode,
): string {
  return netstrings('brine seal key', envelopeVersion, mode, purpose, prefix, queue)
}

/** The part of a seal's context that all texts of one site share which are sealed with the same key. */
export function siteContext({ purpose, prefix, queue }: SealSite, mode: SealMode, keyId: string): string {
  return netstrings('brine seal', envelopeVersion, mode, keyId, purpose, prefix, queue)
}

/** The rest of it. What is not there is an empty text, which no job is named. */
export function placeContext({ kind, job = '', id = '' }: Place): string {
  return netstrings(kind, job, kind === 'payload' ? templateId(id) : id)
}

/** Of a bond, which stands in the seal as it is: behind the rest, and nothing where there is none, as older builds seal. */
export function bondContext(bond: string | undefined): string {
  return bond === undefined ? '' : netstrings(bond)
}

/**
 * What a payload is bound to: the job's id, and for the jobs that a scheduler makes of its one template, `repeat:<scheduler's
 * id>`. Other ids hold no colon.
 */
function templateId(jobId: string): string {
  return jobId.startsWith('repeat:') ? (runsId.exec(jobId)?.[1] ?? jobId) : jobId
}

/**
 * The end of the id of a run: its slot, in milliseconds since 1970. Leading zeros are not accepted: each slot has one id, so that nobody
 * can repeat a run under another.
 */
export const slotPattern = String.raw`:(0|[1-9]\d{0,14})$`

const runsId = new RegExp(`^(repeat:.+)${slotPattern}`, 's')

// Each with its length before it: no two lists of texts are written alike.
function netstrings(...texts: readonly string[]): string {
  let written = ''
  for (const text of texts) written += `${Buffer.byteLength(text)}:${text},`
  return written
}
