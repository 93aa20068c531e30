/** What a job remembers of being postponed, in a field of its hash. */
export interface Postponement {
  /** When it was postponed for the first time, in milliseconds since 1970. */
  readonly since: number
  readonly times: number
  /** The attempts that it had behind it. When another has ended since, it was run, and what came before is over. */
  readonly attempts: number
}

/** Anybody may have written it: what is none counts as none. */
export function readPostponement(text: string | null | undefined, attempts: number): Postponement | undefined {
  try {
    const given: Partial<Postponement> = Object(JSON.parse(text ?? ''))
    if (!isCount(given.since) || !isCount(given.times) || given.attempts !== attempts) return undefined
    return { since: given.since, times: given.times, attempts }
  } catch {
    return undefined
  }
}

const firstMs = 250
const longestMs = 10_000

/** How long until a worker is to look again, after so many times: growing, and never the same for two jobs. */
export function backoffOf(times: number, chance: number): number {
  const grown = Math.min(firstMs * 2 ** Math.min(times, 30), longestMs)
  return Math.round(grown * (0.5 + chance))
}

function isCount(given: unknown): given is number {
  return Number.isSafeInteger(given) && Number(given) >= 0
}
