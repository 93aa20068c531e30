/** How a worker is, as far as it knows without asking Redis. */
export interface WorkerHealth {
  readonly queue: string
  /** Whether Redis answers on both of its connections, as far as they have noticed. */
  readonly isConnected: boolean
  /** By `pause` of this worker; not of the queue. */
  readonly isPaused: boolean
  readonly isClosing: boolean
  /** Whether jobs wait that it should have taken: see `watchdogMs`. */
  readonly isStuck: boolean
  /** How many jobs it works on. */
  readonly running: number
  /**
   * By how many milliseconds the clock of this process is ahead of that of Redis, less than 0 when it is behind; 0 when they agree as well as
   * that can be told, undefined before they were compared. From 5,000 on `onError` is told, too: CLOCK_OFF.
   */
  readonly clockAheadMs: number | undefined
}
