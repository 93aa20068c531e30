/** The difference from which on clocks are reported, in milliseconds. NTP keeps clocks closer than that. */
export const notableMs = 5_000

/** The difference between the clock of this process and the clock of Redis, which all processes of a queue share. */
export class RedisClock {
  #aheadMs: number | undefined

  /**
   * How far this process is ahead of Redis, in milliseconds; negative when it is behind. The part that the round trip can explain is
   * subtracted, so equal clocks give 0. Undefined before the first comparison.
   */
  get aheadMs(): number | undefined {
    return this.#aheadMs
  }

  get isNotable(): boolean {
    return Math.abs(this.#aheadMs ?? 0) >= notableMs
  }

  /** The time of Redis' clock, in milliseconds since 1970. */
  nowMs(): number {
    return Date.now() - (this.#aheadMs ?? 0)
  }

  /** Converts a time of Redis' clock to a time of this process' clock. */
  toLocalMs(redisMs: number): number {
    return redisMs + (this.#aheadMs ?? 0)
  }

  /** Compares the time that Redis returned with the local times before and after the command. */
  compare(redisMs: number, askedMs: number, answeredMs: number): void {
    const ahead = (askedMs + answeredMs) / 2 - redisMs
    const unsure = Math.abs(answeredMs - askedMs) / 2
    // Redis rounds down to whole milliseconds.
    const sure = Math.max(0, Math.floor(Math.abs(ahead) - unsure))
    if (Number.isFinite(sure)) this.#aheadMs = ahead < 0 ? -sure : sure
  }
}
