import type { StoredWorker } from '../bullmq/stored-worker.ts'
import type { Connection } from '../connection/connection.ts'
import { withinTime } from '../connection/within-time.ts'
import { BrineError } from '../errors.ts'
import { longestTimerMs } from '../longest-timer.ts'

/** Looks from time to time whether a worker does what it is there for. */
export interface Watchdog {
  /** Whether jobs wait that the worker should have taken, as far as is known. */
  readonly isStuck: boolean
  stop(): void
}

export interface WatchdogOptions {
  worker: StoredWorker
  main: Connection
  blocking: Connection
  running: { readonly size: number }
  /** Infinity for never. */
  afterMs: number
  report: (error: unknown) => void
}

const defaultMs = 30_000
const longestLookMs = 10_000

// Whether a worker with room could take a job now. What BullMQ's own script looks at, but it takes nothing. In a queue without a limit,
// no job waits because of what is in place of the limiter.
const script = `
local waiting = redis.call('LLEN', KEYS[1]) + redis.call('ZCARD', KEYS[2])
if waiting == 0 or redis.call('HEXISTS', KEYS[3], 'paused') == 1 then return 0 end
local max = tonumber(redis.call('HGET', KEYS[3], 'max')) or tonumber(ARGV[1])
local begun = tonumber(redis.pcall('GET', KEYS[4]))
if max and begun and begun >= max and redis.call('PTTL', KEYS[4]) > 0 then return 0 end
local most = tonumber(redis.call('HGET', KEYS[3], 'concurrency'))
if most and redis.call('LLEN', KEYS[5]) >= most then return 0 end
return waiting
`

/** Milliseconds, or Infinity for never. Throws OPTIONS_INVALID. */
export function checkWatchdog(given: unknown = defaultMs): number {
  if (given === false) return Number.POSITIVE_INFINITY
  if (typeof given === 'number' && given > 0) return given
  throw new BrineError('OPTIONS_INVALID', 'must be milliseconds, more than 0, or false', { path: 'watchdogMs' })
}

/** Watches over a worker; one that is stuck, or whose connection is dead, connects anew. */
export function startWatchdog({ worker, main, blocking, running, afterMs, report }: WatchdogOptions): Watchdog {
  let taken = 0
  let takenBefore = 0
  /** Since when jobs wait that could have been taken. */
  let since: number | undefined
  let isStuck = false
  let looking = false
  const keys = ['wait', 'prioritized', 'meta', 'limiter', 'active'].map((list) => worker.toKey(list))
  const ofWorker = worker.opts.limiter?.max ?? ''
  const onTaken = () => {
    taken++
    since = undefined
    isStuck = false
  }
  worker.on('active', onTaken)

  async function look(): Promise<void> {
    if ((main.hasEnded || blocking.hasEnded) && !worker.closing) {
      if (!isStuck) report(ended())
      isStuck = true
      return
    }
    if (await main.revive(Math.min(afterMs, longestTimerMs))) {
      // What froze the one mostly froze the other.
      blocking.reset()
      report(
        main.unreachable(`no answer came for ${afterMs} ms, and the worker connects anew; its connection was dead`),
      )
      return
    }
    if (worker.closing || !main.isReady) return
    // One that never answers must not hold up the next look, which asks whether anything is answered.
    const asked = main.client.eval(script, keys.length, ...keys, ofWorker)
    const could = Number(await withinTime(Math.min(afterMs, longestTimerMs), asked, { ref: false }))
    const hasRoom = running.size < worker.concurrency && !worker.isPaused()
    if (!(could > 0) || !hasRoom || taken !== takenBefore) {
      takenBefore = taken
      since = undefined
      if (!(could > 0)) isStuck = false
      return
    }
    since ??= Date.now()
    if (Date.now() - since < afterMs) return
    since = undefined
    isStuck = true
    report(stuck(could, afterMs))
    main.reset()
    blocking.reset()
    // Whatever ended it: it was not closed.
    if (!worker.isRunning()) worker.run().catch(report)
  }

  const timer = Number.isFinite(afterMs)
    ? setInterval(
        () => {
          if (looking) return
          looking = true
          // Where Redis is away there is nothing to watch over, and others tell of it.
          look()
            .catch(() => {})
            .finally(() => {
              looking = false
            })
        },
        Math.min(afterMs / 3, longestLookMs),
      ).unref()
    : undefined

  return {
    get isStuck() {
      return isStuck
    },
    stop() {
      clearInterval(timer)
      worker.off('active', onTaken)
    },
  }
}

function stuck(waiting: number, afterMs: number): BrineError {
  const jobs = waiting === 1 ? '1 job waits' : `${waiting} jobs wait`
  return new BrineError(
    'WORKER_STUCK',
    `${jobs}, and this worker took none for ${afterMs} ms though nothing is paused or limited; it connects anew, and if that does not help, restart its process`,
  )
}

function ended(): BrineError {
  return new BrineError(
    'WORKER_STUCK',
    'the client given as connection has ended, so this worker takes no jobs; close the worker before the client, let retryStrategy return milliseconds, and restart the process',
  )
}
