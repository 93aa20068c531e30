import { longestTimerMs } from '../longest-timer.ts'

// A timer that comes so late was held up by this process, which then has so long to look at what came.
const busyMs = 100
const moreMs = 1_000

/** Something that has to be over within the time that all have. */
export class Deadline {
  /** Since 1970. */
  dueMs: number
  isPending = true
  before: Deadline | undefined
  after: Deadline | undefined
  /** The time is over. */
  readonly late: () => void

  constructor(dueMs: number, late: () => void) {
    this.dueMs = dueMs
    this.late = late
  }
}

/** Sees to it that all that is begun is over in time. One timer serves it all: there are thousands a second. */
export class Deadlines {
  readonly #timeoutMs: number
  // A chain in the order of their deadlines, since all have the same time: one leaves it without a look at others.
  #first: Deadline | undefined
  #last: Deadline | undefined
  #timer: NodeJS.Timeout | undefined
  #due = 0

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  begin(late: () => void): Deadline {
    const now = Date.now()
    const begun = new Deadline(now + this.#timeoutMs, late)
    begun.before = this.#last
    if (this.#last) this.#last.after = begun
    else this.#first = begun
    this.#last = begun
    if (this.#timer === undefined) this.#wait(now, begun.dueMs)
    return begun
  }

  /** May be called again, and when it is late. */
  end(begun: Deadline): void {
    if (!begun.isPending) return
    begun.isPending = false
    const { before, after } = begun
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    begun.before = undefined
    begun.after = undefined
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
    for (let first = this.#first; first; first = this.#first) {
      if (first.dueMs > now) {
        this.#wait(now, first.dueMs)
        return
      }
      this.end(first)
      first.late()
    }
  }

  #extend(earliest: number): void {
    for (let one = this.#first; one; one = one.after) one.dueMs = Math.max(one.dueMs, earliest)
  }
}
