import { longestTimerMs } from '../../longest-timer.ts'

/** What has to be over within the time that all have. */
export interface Timed {
  /** The time is over. */
  late(): void
}

// A timer that comes so late was held up by this process, which then has so long to look at what came.
const busyMs = 100
const moreMs = 1_000

/** Sees to it that all that is begun is over in time. One timer serves it all: there are thousands a second. */
export class Deadlines<T extends Timed = Timed> {
  readonly #timeoutMs: number
  // In the order of their deadlines, since all have the same time.
  readonly #pending = new Map<T, number>()
  #timer: NodeJS.Timeout | undefined
  #due = 0

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  begin(timed: T): void {
    const now = Date.now()
    this.#pending.set(timed, now + this.#timeoutMs)
    if (this.#timer === undefined) this.#wait(now, now + this.#timeoutMs)
  }

  /** Whether it is neither over nor late. */
  has(timed: T): boolean {
    return this.#pending.has(timed)
  }

  end(timed: T): void {
    this.#pending.delete(timed)
  }

  #wait(now: number, until: number): void {
    const ms = Math.min(until - now, longestTimerMs)
    this.#due = now + ms
    this.#timer = setTimeout(() => this.#watch(), ms).unref()
  }

  #watch(): void {
    this.#timer = undefined
    const now = Date.now()
    // Timers come before answers, which may have been there all the while.
    if (now - this.#due > busyMs) this.#extend(now + Math.min(this.#timeoutMs, moreMs))
    for (const [timed, deadline] of this.#pending) {
      if (deadline > now) {
        this.#wait(now, deadline)
        return
      }
      this.#pending.delete(timed)
      timed.late()
    }
  }

  #extend(earliest: number): void {
    for (const [timed, deadline] of this.#pending) this.#pending.set(timed, Math.max(deadline, earliest))
  }
}
