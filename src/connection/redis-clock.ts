/** A difference that NTP does not leave, in milliseconds: people are told of it. */
export const notableMs = 5_000

/** How the clock of this process stands to that of Redis, which all who use a queue share. */
export class RedisClock {
  #aheadMs: number | undefined

  /**
   * By how many milliseconds this process is ahead of Redis, less than 0 when it is behind. What the answer's way may explain is left out, so
   * that clocks which agree give 0. Undefined before Redis told its time.
   */
  get aheadMs(): number | undefined {
    return this.#aheadMs
  }

  get isNotable(): boolean {
    return Math.abs(this.#aheadMs ?? 0) >= notableMs
  }

  /** The time by Redis' clock, in milliseconds since 1970. */
  nowMs(): number {
    return Date.now() - (this.#aheadMs ?? 0)
  }

  /** A time by Redis' clock as one by that of this process. */
  here(redisMs: number): number {
    return redisMs + (this.#aheadMs ?? 0)
  }

  /** Notes what Redis answered to a question for its time, and when that was asked and answered by the clock of this process. */
  compare(redisMs: number, askedMs: number, answeredMs: number): void {
    const ahead = (askedMs + answeredMs) / 2 - redisMs
    const unsure = Math.abs(answeredMs - askedMs) / 2
    // Redis' answer was cut to whole milliseconds.
    const sure = Math.max(0, Math.floor(Math.abs(ahead) - unsure))
    if (Number.isFinite(sure)) this.#aheadMs = ahead < 0 ? -sure : sure
  }
}
