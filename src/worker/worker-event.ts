import type { BrineErrorCode } from '../errors.ts'

/** How an attempt at a job ended, told when that is stored, or what a worker came across beside its jobs. */
export type WorkerEvent = AttemptEnd | WorkerTrouble | WorkerConnected

/**
 * The end of an attempt.
 *
 * - `completed` and `failed`: that of the job, too. `retried`: it failed, and another attempt follows.
 * - `postponed`: it does not count, and the job comes again; `why` says after what.
 * - `quarantined`: the handler did not begin, and the job is kept for another build.
 * - `lost`: another worker may have the job, and nothing of this attempt was stored.
 */
export interface AttemptEnd extends Partial<Measured> {
  readonly type: 'completed' | 'failed' | 'retried' | 'postponed' | 'quarantined' | 'lost'
  readonly queue: string
  /** Its name in the contract; undefined for one that the contract does not know, whose name a stranger chose. */
  readonly job: string | undefined
  /** As it is stored: anybody's word, cut to 100 characters, and no label of a metric. */
  readonly storedName: string
  readonly id: string
  /** From 1. */
  readonly attempt: number
  /** Of an end that an error of ours brought about. */
  readonly code?: BrineErrorCode | undefined
  /** The thrown value, as its class. */
  readonly error?: unknown
  /** The parts of `error` that a logger may print: see loggable.ts. */
  readonly loggable?: { readonly message: string; readonly stack: string } | undefined
  /** Of a job that was postponed: by `context.delay` or `context.rateLimit`, for its children, because its worker closes, or for newer workers. */
  readonly why?: 'delay' | 'rateLimit' | 'children' | 'closing' | 'newer' | undefined
  readonly forMs?: number | undefined
  /** Of a job that was postponed for newer workers: how often by now. */
  readonly times?: number | undefined
}

/** What was measured of an attempt, as far as it came. */
export interface Measured {
  /** Of the stored text. */
  payloadBytes: number
  /** From when a job could be taken until it was, at its first attempt. By the clocks of both machines. */
  waitMs: number | undefined
  /** Opening, decoding, upcasting and validating the payload. Not of sandboxed handlers, which do that elsewhere. */
  decodeMs: number | undefined
  /** The handler and the middlewares around it. */
  runMs: number | undefined
  /** Encoding the result. */
  encodeMs: number | undefined
}

/** What went wrong beside the jobs: Redis out of reach, locks lost, a worker that was stuck. */
export interface WorkerTrouble {
  readonly type: 'error'
  readonly queue: string
  readonly error: Error
}

/** Redis answers, for the first time or again. */
export interface WorkerConnected {
  readonly type: 'connected'
  readonly queue: string
}

/** An optional method of a middleware. It receives the events that no handler sees. */
export interface WorkerEventListener {
  /** Errors that it throws are reported to `onError` and change nothing. */
  onEvent?(event: WorkerEvent): void
}
