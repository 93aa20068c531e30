import { InvalidArgumentError } from 'commander'

const units: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** Milliseconds as a person says them: `350 ms`, `4.2 s`, `12 m`, `3 h`, `5 d`. */
export function formatDuration(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} m`
  return ms < 172_800_000 ? `${Math.floor(ms / 3_600_000)} h` : `${Math.floor(ms / 86_400_000)} d`
}

/** How long ago a time is, or in how long it comes. */
export function formatAgo(at: Date | undefined, now: number = Date.now()): string | undefined {
  if (at === undefined) return undefined
  const ms = now - at.getTime()
  return ms < 0 ? `in ${formatDuration(-ms)}` : `${formatDuration(ms)} ago`
}

/** A time, and how long ago it is. */
export function formatTime(at: Date | undefined): string | undefined {
  return at && `${at.toISOString()} (${formatAgo(at)})`
}

/** The milliseconds of an option such as `90s`, `1.5h` or `2d`. */
export function parseDuration(given: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(given) ?? []
  const factor = units.get(unit)
  if (amount === undefined || factor === undefined) throw new InvalidArgumentError('say 500ms, 90s, 10m, 2h or 3d.')
  return Number(amount) * factor
}

/** A whole number from `least`, as an option. */
export function parseCount(least: number): (given: string) => number {
  return (given) => {
    const number = Number(given)
    if (!/^\d+$/.test(given) || !Number.isSafeInteger(number) || number < least) {
      throw new InvalidArgumentError(`say a whole number from ${least}.`)
    }
    return number
  }
}
