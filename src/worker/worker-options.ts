import type { WorkerOptions as BullOptions } from 'bullmq'
import type { ConnectionInput } from '../connection/connection.ts'
import type { QueueContract } from '../contract/contract.ts'
import type { AnyEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import { SandboxedHandler } from '../sandbox/sandboxed.ts'
import type { Backoff } from './backoff.ts'
import type { Handlers } from './handler.ts'
import type { Middleware } from './middleware.ts'
import type { Retry } from './retry.ts'
import type { UntypedHandler } from './run-job.ts'
import { workerName } from './worker-name.ts'

const passedOn = [
  ...['name', 'concurrency', 'limiter', 'metrics', 'maximumRateLimitDelay', 'maxStartedAttempts', 'maxStalledCount'],
  ...['stalledInterval', 'removeOnComplete', 'removeOnFail', 'skipStalledCheck', 'skipLockRenewal', 'drainDelay'],
  ...['lockDuration', 'lockRenewTime', 'runRetryDelay', 'settings', 'telemetry', 'skipVersionCheck'],
] as const

const wholeMs = ['lockDuration', 'stalledInterval'] as const

/** BullMQ's own options of a worker, by their own names. */
export type PassedOn = Pick<
  BullOptions,
  | 'name'
  | 'concurrency'
  | 'limiter'
  | 'metrics'
  | 'maximumRateLimitDelay'
  | 'maxStartedAttempts'
  | 'removeOnComplete'
  | 'removeOnFail'
  | 'skipStalledCheck'
  | 'skipLockRenewal'
  | 'drainDelay'
  | 'lockDuration'
  | 'lockRenewTime'
  | 'runRetryDelay'
  | 'settings'
  | 'telemetry'
  | 'skipVersionCheck'
> & {
  /**
   * How many workers may die with a job before it goes to quarantine (JOB_STALLED). From the second death on it runs alone in its process;
   * of those before, no more than two count. Default 5: deaths are mostly not the job's fault.
   */
  maxStalledCount?: number
  /**
   * How often, in milliseconds, one of the queue's workers looks for jobs whose locks have run out because their workers died. Default 5,000, where
   * BullMQ has 30,000: with 5,000 jobs that run it costs Redis less than 1 % of a core, and such a job is taken again within `lockDuration` and this.
   */
  stalledInterval?: number
}

// A shorter lock would be cheap too. But a process that is busy for longer than its locks last has its jobs run twice.
const defaultStalledMs = 5_000

/** Options of `createWorker`. */
export interface WorkerOptions<C extends QueueContract> extends PassedOn {
  /** A handler for each job of the contract. */
  handlers: Handlers<C>
  /** Default `redis://127.0.0.1:6379`. */
  connection?: ConnectionInput | undefined
  /** Before every key of the queue. Default the contract's. */
  prefix?: string | undefined
  /** How long `close` lets handlers finish, in milliseconds, before it aborts their signals. Default 10,000. */
  graceMs?: number | undefined
  /** Close gracefully on SIGTERM and SIGINT, and end the process: see shutdown.ts. Default true. */
  shutdownOnSignals?: boolean | undefined
  /** Bring Redis into line with the schedules of the contract when the worker starts. Default true. */
  reconcileSchedules?: boolean | undefined
  /** Wrap the handlers; the first is the outermost. Default none. */
  use?: readonly Middleware<NoInfer<C>>[] | undefined
  /**
   * Told of each job that a handler at home adds by `context.children`, and of each schedule that the worker reconciles, as a
   * producer's `use` is of its own; the first is the outermost. Default none.
   */
  enqueues?: readonly AnyEnqueueMiddleware[] | undefined
  /** Whether another attempt follows, by what the handler threw. Default: by its code, and not after an UnrecoverableError. */
  retry?: Retry<NoInfer<C>> | undefined
  /** Milliseconds until the next attempt, for jobs whose `backoff: { type }` is none of BullMQ's own. */
  backoff?: Backoff<NoInfer<C>> | undefined
  /**
   * For how long jobs may wait, in milliseconds, while nothing is paused or limited and this worker, with room for more, takes
   * none; also how long Redis may answer nothing on a connection that seems to be there. Then it connects anew, and tells
   * `onError` (WORKER_STUCK). Default 30,000; `false` for never.
   */
  watchdogMs?: number | false | undefined
  /**
   * For how long a job of a newer version, or of which only newer workers know the name or a tag, is put off for them, in
   * milliseconds from the first time on, before it goes to quarantine: see docs/evolution.md. Default 900,000, a quarter of an
   * hour, which is longer than most deployments take.
   */
  skewTimeoutMs?: number | undefined
  /**
   * Start although the server's `maxmemory-policy` lets it throw away jobs or their locks. Default false: the worker closes, and
   * `waitUntilReady` and `onError` are told (EVICTION_POLICY).
   */
  allowEviction?: boolean | undefined
  /** Told what goes wrong beside the jobs: Redis out of reach, locks lost. Default: printed to stderr, repetitions left out. */
  onError?: ((error: Error) => void) | undefined
}

/** The names of {@link WorkerOptions} that are none of BullMQ's. */
export const workerOptions = [
  'reconcileSchedules',
  'retry',
  'backoff',
  'use',
  'enqueues',
  'handlers',
  'connection',
  'prefix',
  'graceMs',
  'watchdogMs',
  'shutdownOnSignals',
  'skewTimeoutMs',
  'allowEviction',
  'onError',
] as const
const known: ReadonlySet<string> = new Set([...passedOn, ...workerOptions])

/** The options that go on to BullMQ. Throws OPTIONS_INVALID for names that nobody knows, which mostly are misspelt. */
export function passOn<C extends QueueContract>(options: WorkerOptions<C>): PassedOn {
  const stray = Object.keys(options).find((name) => !known.has(name))
  if (stray !== undefined) throw new BrineError('OPTIONS_INVALID', 'is not an option of createWorker', { path: stray })
  const passed: Record<string, unknown> = { maxStalledCount: 5, stalledInterval: defaultStalledMs, name: workerName() }
  for (const name of passedOn) if (options[name] !== undefined) passed[name] = options[name]
  // BullMQ hands them to Redis as they are, which takes whole milliseconds alone.
  for (const name of wholeMs) if (typeof passed[name] === 'number') passed[name] = Math.ceil(passed[name])
  return passed
}

/** The handlers by their jobs' names. Throws OPTIONS_INVALID when one is missing, or is for no job of the contract. */
export function checkHandlers(
  { name: queue, entries }: QueueContract,
  handlers: unknown,
): Map<string, UntypedHandler | SandboxedHandler> {
  if (typeof handlers !== 'object' || handlers === null) {
    throw new BrineError('OPTIONS_INVALID', `createWorker needs handlers: a function for each job of '${queue}'`)
  }
  const given = new Map<string, unknown>(Object.entries(handlers))
  const missing = [...entries.keys()].filter((job) => !isHandler(given.get(job)))
  const stray = [...given.keys()].filter((job) => !entries.has(job))
  if (missing.length > 0) {
    throw new BrineError('OPTIONS_INVALID', `handlers lacks a function for: ${missing.join(', ')}`, {
      path: 'handlers',
    })
  }
  if (stray.length > 0) {
    throw new BrineError('OPTIONS_INVALID', `'${queue}' has no job of the name: ${stray.join(', ')}`, {
      path: 'handlers',
    })
  }
  return given as Map<string, UntypedHandler | SandboxedHandler>
}

function isHandler(given: unknown): boolean {
  return typeof given === 'function' || given instanceof SandboxedHandler
}
