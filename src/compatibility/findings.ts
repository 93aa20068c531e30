import { BrineError } from '../errors.ts'
import type { Change } from './change.ts'
import type { Finding, FindingCode } from './finding.ts'
import type { JobPart } from './lock.ts'

/** Which entry of the lock something was found in. */
export interface FoundIn {
  version: number
  part: 'fields' | JobPart
  /** The version of the code as it is now. */
  versioned: number
}

const outcomes: ReadonlySet<string> = new Set(['result', 'progress'])

/** What the comparison of shapes found, with what to do about it. */
export function fromChange({ code, path, text, effect }: Change, { version, part, versioned }: FoundIn): Finding {
  const found = { code, version, part, path, text }
  if (effect === 'unknown') return { ...found, verdict: 'note', remedy: 'give `samples` that tell' }
  if (effect === 'takes') return { ...found, verdict: 'safe', remedy: undefined }
  if (outcomes.has(part)) {
    const remedy = `a ${part} is not upcast: let its schema take both (optional, or a union) until none of the old are kept`
    return { ...found, verdict: 'breaking', remedy }
  }
  return { ...found, verdict: 'needs-version', remedy: raiseVersion(versioned) }
}

function raiseVersion(version: number): string {
  return `raise version to ${version + 1} and give upcast: { ${version}: (stored) => … }, from what version ${version} stored to what is taken now; or let the schema take both`
}

/** What a sample was refused with. */
export function fromFailure(error: unknown, { version, part, versioned, index }: FoundIn & { index: number }): Finding {
  const refusal =
    error instanceof BrineError ? error : new BrineError('VALUE_INVALID', 'its schema threw', { cause: error })
  const cause = refusal.cause instanceof Error ? ` (${refusal.cause.name}: ${refusal.cause.message})` : ''
  const { message, path } = refusal
  const found = { version, part, path, text: `sample ${index + 1} is refused: ${message}${cause}` }
  if (refusal.code === 'UPCAST_FAILED') {
    return {
      ...found,
      code: 'upcaster-fails',
      verdict: 'breaking',
      remedy: `mend the upcaster from version ${version}, or one after it`,
    }
  }
  if (outcomes.has(part)) {
    return { ...found, code: 'sample-fails', verdict: 'breaking', remedy: `let the schema of the ${part} take it` }
  }
  if (version < versioned) {
    const remedy = `let the upcasters from version ${version} give what version ${versioned} takes`
    return { ...found, code: 'sample-fails', verdict: 'breaking', remedy }
  }
  return { ...found, code: 'sample-fails', verdict: 'needs-version', remedy: raiseVersion(versioned) }
}

export function noUpcaster(
  what: string,
  version: number,
  { version: now, upcast }: { version: number; upcast: ReadonlyMap<number, unknown> },
  entry: string,
): Finding {
  const first = Math.min(now, ...upcast.keys())
  return {
    ...{ code: 'no-upcaster', verdict: 'breaking', version, part: undefined, path: undefined },
    text: `${what} is of version ${now}, and cannot read version ${version}: it reads from ${first} on`,
    remedy: `give upcast: { ${version}: (stored) => … }, or, when nothing of it is left in Redis, brine check --update --retire ${entry}`,
  }
}

export function versionLowered(what: string, version: number, now: number): Finding {
  return {
    ...{ code: 'version-lowered', verdict: 'breaking', version, part: undefined, path: undefined },
    text: `${what} is of version ${now}, and version ${version} was released`,
    remedy: `give it version ${version} or more: versions are only raised`,
  }
}

export function noted(code: FindingCode, text: string, version: number | undefined, part?: Finding['part']): Finding {
  return { code, verdict: 'note', version, part, path: undefined, text, remedy: undefined }
}
