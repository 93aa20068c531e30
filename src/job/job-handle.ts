import { type InspectOptions, inspect } from 'node:util'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { ContractJob, JobNames, ProgressOutput, QueueContract, ResultOutput } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { root } from '../path.ts'
import type { Bond } from '../seal/bond.ts'
import type { Cancelled, CancelOptions } from './cancelled.ts'
import { bondOfFound, type Enqueued } from './enqueued.ts'
import { type JobInfo, type JobLogs, type JobState, openResult } from './inspect-job.ts'
import type { JobControl } from './job-control.ts'
import type { RetryOptions } from './move-job.ts'
import type { Outcomes } from './outcome.ts'
import { readFailure } from './read-failure.ts'
import { quarantinedError } from './refusal.ts'
import { bondOfPayload } from './stored-payload.ts'

/** How long `result()` waits. */
export interface ResultOptions {
  /** How long to wait, in milliseconds. Default 60,000; `Infinity` waits for ever. The job itself goes on either way. */
  timeoutMs?: number | undefined
  /** Ends the waiting early, with the signal's reason. The job goes on. */
  signal?: AbortSignal | undefined
}

/** A job that was enqueued, and what becomes of it. */
export interface JobHandle<C extends QueueContract = QueueContract, N extends JobNames<C> = JobNames<C>> {
  /** Of the job that Redis holds: with `deduplication`, or a `jobId` that exists, that of the earlier one. */
  readonly id: string
  readonly name: N
  /** Whether the enqueue found a job and added none: by its `deduplication`, or because its `jobId` exists. */
  readonly deduplicated: boolean
  /**
   * Waits for the job's end: resolves with its result, decoded to its classes, or rejects with what its handler threw. Each
   * result is a copy of its own. Also rejects with JOB_FAILED when no error of the handler's is to be had, JOB_QUARANTINED,
   * JOB_REMOVED, RESULT_TIMEOUT, RESULT_INVALID, CLOSED, OPTIONS_INVALID, and the codec's refusals.
   *
   * With keys a result is bound to its enqueue, see docs/keys.md; SEAL_INVALID for another one.
   */
  result(options?: ResultOptions): Promise<ResultOutput<C, N>>
  /** Where the job is: BullMQ's states, `quarantined`, and `missing`. */
  state(): Promise<JobState>
  /** When it was enqueued, started and ended, and how often; undefined when it is gone from Redis. */
  info(): Promise<JobInfo | undefined>
  /** What its handler reported last, decoded to its classes; undefined before. Rejects with PROGRESS_INVALID, and the codec's refusals. */
  progress(): Promise<ProgressOutput<C, N> | undefined>
  /** Lines of its log, the oldest first, from `start` (default 0) to `end` (default -1, the last). */
  logs(range?: { start?: number | undefined; end?: number | undefined }): Promise<JobLogs>
  /**
   * Ends the job and the children below it, in whatever process they are. A job that waits is removed. A job that runs has its signal
   * aborted with JOB_CANCELLED and fails with that error, whatever its handler returns, without another attempt. `result()` rejects with
   * JOB_CANCELLED, whose message ends with `reason`. The answer lists the children that were not stopped: see {@link Cancelled}.
   * Rejects with OPTIONS_INVALID, and with LIMIT_EXCEEDED when more jobs are below it than one cancel may look at.
   *
   * @example
   * const { state, notStopped } = await job.cancel('the user left')
   */
  cancel(reason?: string, options?: CancelOptions): Promise<Cancelled>
  /**
   * Removes the job and its children, ended ones too. Rejects with JOB_STATE_INVALID when one of them is active, or it is in quarantine,
   * and with LIMIT_EXCEEDED when more jobs are below it than one step may remove.
   */
  remove(): Promise<void>
  /**
   * Lets a job that ended run again. Rejects with JOB_STATE_INVALID when it is not in `state` (default `failed`), and JOB_REMOVED. One in
   * quarantine is replayed instead.
   */
  retry(options?: RetryOptions): Promise<void>
  /** Lets a delayed job run now. Rejects with JOB_STATE_INVALID when it is not delayed. */
  promote(): Promise<void>
}

const defaultTimeoutMs = 60_000

export interface HandleSources {
  outcomes: Outcomes
  codec: EnvelopeCodec
  /** What can be asked of jobs and done to them in Redis, where there is one. */
  control?: JobControl | undefined
}

/** The handle on the job of an id, which was enqueued here or elsewhere. */
export function createHandle(sources: HandleSources, job: ContractJob, id: string, enqueued?: Enqueued): JobHandle {
  return new Handle(sources, job, id, enqueued)
}

// A class, since there are as many handles as jobs.
class Handle implements JobHandle {
  readonly id: string
  readonly #sources: HandleSources
  readonly #job: ContractJob
  readonly #enqueued: Enqueued | undefined
  #found: Promise<Bond | undefined> | undefined

  constructor(sources: HandleSources, job: ContractJob, id: string, enqueued: Enqueued | undefined) {
    this.id = id
    this.#enqueued = enqueued
    this.#sources = sources
    this.#job = job
  }

  /** For `console.log`. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    const { id, name } = this
    return `JobHandle ${inspect({ id, name }, options)}`
  }

  get name(): string {
    return this.#job.name
  }

  get deduplicated(): boolean {
    return this.#enqueued?.unsent !== undefined
  }

  async result(options: ResultOptions = {}): Promise<unknown> {
    checkOptions(options, ['timeoutMs', 'signal'], 'result')
    const { timeoutMs = defaultTimeoutMs, signal } = options
    const { name } = this.#job
    if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) {
      throw new BrineError('OPTIONS_INVALID', 'must be milliseconds, 0 or more', { job: name, path: 'timeoutMs' })
    }
    const { codec, outcomes } = this.#sources
    const expected = this.#expected()
    // What was found in place of adding a job may be refused at once.
    if (this.deduplicated) await expected
    const ended = await outcomes.wait(this, { timeoutMs, signal })
    const bond = await expected
    if (ended.state === 'completed') {
      return bare((await openResult(codec, this.#job, ended.text, this.id, bond)).value, 'RESULT_INVALID', name)
    }
    if (ended.state === 'missing') {
      throw new BrineError('JOB_REMOVED', 'the job is gone from Redis: it was removed, or ended long ago', {
        job: name,
      })
    }
    if (ended.state === 'quarantined') {
      const { refusal, earlier } = ended
      throw quarantinedError(name, refusal, earlier && readFailure(codec, this.#job, this.id, earlier, bond))
    }
    // As it was thrown, whatever it is: a rejection, unlike a result, is not asked for a `then` method.
    throw readFailure(codec, this.#job, this.id, ended, bond)
  }

  async state(): Promise<JobState> {
    return this.#control.state(this)
  }

  async info(): Promise<JobInfo | undefined> {
    return this.#control.info(this)
  }

  async progress(): Promise<unknown> {
    const bond = await this.#expected()
    const read = await this.#control.progress(this.#job, this.id, bond)
    return read && bare(read.value, 'PROGRESS_INVALID', this.name)
  }

  async logs(range: { start?: number | undefined; end?: number | undefined } = {}): Promise<JobLogs> {
    checkOptions(range, ['start', 'end'], 'logs')
    const { start = 0, end = -1 } = range
    return this.#control.logs(this, start, end)
  }

  async cancel(reason = 'the job was cancelled', options: CancelOptions = {}): Promise<Cancelled> {
    if (typeof reason !== 'string') {
      throw new BrineError('OPTIONS_INVALID', 'must be a text', { job: this.name, path: 'reason' })
    }
    checkOptions(options, ['leaveRunning'], 'cancel')
    return this.#control.cancel(this.#job, this.id, reason, options)
  }

  async remove(): Promise<void> {
    return this.#control.remove(this.#job, this.id)
  }

  async retry(options: RetryOptions = {}): Promise<void> {
    checkOptions(options, ['state', 'resetAttemptsMade', 'resetAttemptsStarted'], 'retry')
    await this.#control.retry(this.#job, this.id, options)
    this.#sources.outcomes.begin(this.id)
  }

  async promote(): Promise<void> {
    return this.#control.promote(this.#job, this.id)
  }

  /**
   * The bond of all that comes of the job. Its enqueue knows it; of a job that was enqueued elsewhere the payload tells it, as long
   * as that is kept, and of a job that an enqueue found it is looked at more closely: see bondOfFound.
   */
  #expected(): Promise<Bond | undefined> | Bond | undefined {
    const { codec, control } = this.#sources
    const enqueued = this.#enqueued
    if (!codec.sealed || !control) return undefined
    if (enqueued && !enqueued.unsent) return enqueued.bond
    const job = { job: this.#job, id: this.id, codec }
    if (!enqueued)
      return control.payload(this).then((stored) => bondOfPayload(stored, this.#job, codec, this.id), ignore)
    // Asked once: by the next time the job may be gone.
    this.#found ??= control.payload(this).then((stored) => bondOfFound(stored, job, enqueued))
    this.#found.catch(() => {
      this.#found = undefined
    })
    return this.#found
  }

  get #control(): JobControl {
    const { control } = this.#sources
    if (control) return control
    throw new BrineError('OPTIONS_INVALID', 'this needs a Redis, and there is none here', { job: this.name })
  }
}

function ignore(): undefined {
  // Redis is away. Who waits for the job is told when it stays away.
}

/** A value as an async function may return it. */
function bare(value: unknown, code: 'RESULT_INVALID' | 'PROGRESS_INVALID', job: string): unknown {
  // `await` would call it, in place of giving the value.
  if (!isThenable(value)) return value
  const remedy = 'the value has a method called then, which await would call; return it as a property of an object'
  throw new BrineError(code, remedy, { job, path: root })
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
}
