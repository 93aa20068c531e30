import { setTimeout as wait } from 'node:timers/promises'
import { isPassing } from './redis-errors.ts'

export interface InsistOptions {
  /** Told of each refusal. */
  report?: (error: unknown) => void
  /** Which errors pass. Default those by which Redis refuses for a while. */
  passes?: (error: unknown) => boolean
}

const firstPauseMs = 20
const longestPauseMs = 1_000

/** Sends a command again until it is taken, or refused for good: at growing intervals. */
export async function insist<T>(
  command: () => Promise<T>,
  { report = () => {}, passes = isPassing }: InsistOptions = {},
): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await command()
    } catch (error) {
      if (!passes(error)) throw error
      report(error)
      await wait(pauseMs)
    }
  }
}
