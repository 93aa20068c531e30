import { longestTimerMs } from '../../longest-timer.ts'

/** What has to be over within the time that all have. */
export interface Timed {
  /** The time is over. */
  late(): void
}

/** Sees to it that all that is begun is over in time. One timer serves it all: there are thousands a second. */
export class Deadlines<T extends Timed = Timed> {
  readonly #timeoutMs: number
  // In the order of their deadlines, since all have the same time.
  readonly #pending = new Map<T, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  begin(timed: T): void {
    this.#pending.set(timed, Date.now() + this.#timeoutMs)
    this.#timer ??= setTimeout(() => this.#watch(), Math.min(this.#timeoutMs, longestTimerMs)).unref()
  }

  /** Whether it is neither over nor late. */
  has(timed: T): boolean {
    return this.#pending.has(timed)
  }

  end(timed: T): void {
    this.#pending.delete(timed)
  }

  #watch(): void {
    this.#timer = undefined
    const now = Date.now()
    for (const [timed, deadline] of this.#pending) {
      if (deadline > now) {
        this.#timer = setTimeout(() => this.#watch(), Math.min(deadline - now, longestTimerMs)).unref()
        return
      }
      this.#pending.delete(timed)
      timed.late()
    }
  }
}
