import type { EnvelopeCodec, Place } from '../codec/envelope.ts'
import type { ContractJob, JobNames, QueueContract, ResultOutput } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { root } from '../path.ts'
import type { Ended, Outcomes } from './outcome.ts'

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
  /**
   * Waits for the job's end: resolves with its result, decoded to its classes, or rejects with what its handler threw. Each
   * result is a copy of its own. Also rejects with JOB_FAILED when no error of the handler's is to be had, JOB_REMOVED,
   * RESULT_TIMEOUT, RESULT_INVALID, CLOSED, OPTIONS_INVALID, and the codec's refusals.
   */
  result(options?: ResultOptions): Promise<ResultOutput<C, N>>
}

const defaultTimeoutMs = 60_000

export interface HandleSources {
  outcomes: Outcomes
  codec: EnvelopeCodec
}

/** The handle on the job of an id. */
export function createHandle(sources: HandleSources, job: ContractJob, id: string): JobHandle {
  return new Handle(sources, job, id)
}

// A class, since there are as many handles as jobs.
class Handle implements JobHandle {
  readonly id: string
  readonly #sources: HandleSources
  readonly #job: ContractJob

  constructor(sources: HandleSources, job: ContractJob, id: string) {
    this.id = id
    this.#sources = sources
    this.#job = job
  }

  get name(): string {
    return this.#job.name
  }

  async result({ timeoutMs = defaultTimeoutMs, signal }: ResultOptions = {}): Promise<unknown> {
    const { name, version } = this.#job
    if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) {
      throw new BrineError('OPTIONS_INVALID', 'must be milliseconds, 0 or more', { job: name, path: 'timeoutMs' })
    }
    const ended = await this.#sources.outcomes.wait(this, { timeoutMs, signal })
    if (ended.state === 'completed') return this.#readResult(ended.text, { kind: 'result', job: name, version })
    // As it was thrown, whatever it is: a rejection, unlike a result, is not asked for a `then` method.
    throw this.#readError(ended, { kind: 'error', job: name, version })
  }

  async #readResult(text: string, place: Place): Promise<unknown> {
    const { name, result } = this.#job
    const { value } = this.#sources.codec.decode(text, place)
    const read = (await result?.readOutput(value, { code: 'RESULT_INVALID', job: name })) ?? { value }
    // `await` would call it, in place of giving the result.
    if (isThenable(read.value)) {
      const remedy = 'the result has a method called then, which await would call; return it as a property of an object'
      throw new BrineError('RESULT_INVALID', remedy, { job: name, path: root })
    }
    return read.value
  }

  #readError(ended: Exclude<Ended, { state: 'completed' }>, place: Place): unknown {
    const { name } = this.#job
    if (ended.state === 'missing') {
      return new BrineError('JOB_REMOVED', 'the job is gone from Redis: it was removed, or ended long ago', {
        job: name,
      })
    }
    // A worker that could not tell which job it had says so without naming one.
    for (const from of ended.encoded === undefined ? [] : [place, { kind: place.kind }]) {
      try {
        return this.#sources.codec.decode(String(ended.encoded), from).value
      } catch {
        // What cannot be read is told by its message alone.
      }
    }
    return new BrineError('JOB_FAILED', ended.reason, { job: name })
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
}
