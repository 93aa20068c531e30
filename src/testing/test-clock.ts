import { BrineError } from '../errors.ts'

/** The time of a test: it stands still until the test moves it. */
export interface TestClock {
  readonly now: Date
  /**
   * Moves on by `ms` milliseconds, stopping at each moment for which something waits (a delayed job, a retry, the end of
   * `result`'s patience) until that is done. Throws OPTIONS_INVALID.
   */
  advance(ms: number): Promise<void>
  /** Has `run` called when the clock comes to `atMs`, milliseconds since 1970, and gives what calls that off. */
  schedule(atMs: number, run: () => unknown): () => void
}

interface Timer {
  atMs: number
  run: () => unknown
}

/** A clock for {@link createInline} and {@link createFakeProducer}; several may share one. It starts at `start`, by default now. */
export function createTestClock(start: Date = new Date()): TestClock {
  let nowMs = start.getTime()
  const timers = new Set<Timer>()

  function nextUntil(targetMs: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of timers) if (timer.atMs <= targetMs && !(next && next.atMs <= timer.atMs)) next = timer
    return next
  }

  return {
    get now() {
      return new Date(nowMs)
    },
    async advance(ms) {
      if (typeof ms !== 'number' || !(ms >= 0)) {
        throw new BrineError('OPTIONS_INVALID', 'a clock moves on by milliseconds, 0 or more', { path: 'ms' })
      }
      const targetMs = nowMs + ms
      for (let timer = nextUntil(targetMs); timer; timer = nextUntil(targetMs)) {
        timers.delete(timer)
        nowMs = Math.max(nowMs, timer.atMs)
        await timer.run()
      }
      nowMs = Math.max(nowMs, targetMs)
    },
    schedule(atMs, run) {
      const timer = { atMs, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  }
}
