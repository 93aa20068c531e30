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
export function createHandle({ outcomes, codec }: HandleSources, job: ContractJob, id: string): JobHandle {
  const { name, version } = job
  return {
    id,
    name,
    async result({ timeoutMs = defaultTimeoutMs, signal } = {}) {
      if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) {
        throw new BrineError('OPTIONS_INVALID', 'must be milliseconds, 0 or more', { job: name, path: 'timeoutMs' })
      }
      const ended = await outcomes.wait({ id, name }, { timeoutMs, signal })
      const place: Place = { kind: 'result', job: name, version }
      if (ended.state === 'completed') return readResult(ended.text, place)
      // As it was thrown, whatever it is: a rejection, unlike a result, is not asked for a `then` method.
      throw readError(ended, { ...place, kind: 'error' })
    },
  }

  async function readResult(text: string, place: Place): Promise<unknown> {
    const { value } = codec.decode(text, place)
    const read = (await job.result?.readOutput(value, { code: 'RESULT_INVALID', job: name })) ?? { value }
    // `await` would call it, in place of giving the result.
    if (isThenable(read.value)) {
      const remedy = 'the result has a method called then, which await would call; return it as a property of an object'
      throw new BrineError('RESULT_INVALID', remedy, { job: name, path: root })
    }
    return read.value
  }

  function readError(ended: Exclude<Ended, { state: 'completed' }>, place: Place): unknown {
    if (ended.state === 'missing') {
      return new BrineError('JOB_REMOVED', 'the job is gone from Redis: it was removed, or ended long ago', {
        job: name,
      })
    }
    if (ended.encoded === undefined) return new BrineError('JOB_FAILED', ended.reason, { job: name })
    // A worker that could not tell which job it had says so without naming one.
    for (const from of [place, { kind: place.kind }]) {
      try {
        return codec.decode(ended.encoded, from).value
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
