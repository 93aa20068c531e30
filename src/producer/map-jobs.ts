import { setMaxListeners } from 'node:events'
import type { JobNames, PayloadInput, QueueContract, ResultOutput } from '../contract/contract.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import type { Prepared } from '../enqueue/prepare.ts'
import { BrineError } from '../errors.ts'
import type { JobHandle } from '../job/job-handle.ts'
import { quiet } from '../notation/redact-inspect.ts'
import { createIntake, type Intake } from './map-intake.ts'

/** Options of `producer.map`. */
export interface MapOptions<Payload> {
  /** How many payloads may be on their way at once: taken from the source, and their outcome not yet yielded. Default 100. */
  inFlight?: number | undefined
  /** BullMQ's job options of every job, or of each. */
  options?: EnqueueOptions | ((payload: Payload, index: number) => EnqueueOptions | undefined) | undefined
  /** How long to wait for each job's end, in milliseconds. Default 60,000, as for `result()`. */
  timeoutMs?: number | undefined
  /** Ends it early, with the signal's reason. Jobs that were enqueued go on. */
  signal?: AbortSignal | undefined
  /** Yield in the order of the payloads. Default false: as they end. */
  ordered?: boolean | undefined
}

/** How the job of one payload ended. `error` is what its handler threw, or why the payload was refused: then there is no id. */
export type MapOutcome<C extends QueueContract, N extends JobNames<C>> = {
  /** Of the payload in its source, from 0. */
  readonly index: number
  readonly payload: PayloadInput<C, N>
} & (
  | { readonly status: 'completed'; readonly id: string; readonly result: ResultOutput<C, N> }
  | { readonly status: 'failed'; readonly id: string | undefined; readonly error: unknown }
)

/** What `map` is built on. */
export interface MapSources {
  prepare(name: string, payload: unknown, options: EnqueueOptions | undefined): Prepared | Promise<Prepared>
  add(jobs: readonly Prepared[]): Promise<JobHandle[]>
}

type Outcome = MapOutcome<QueueContract, string>

const defaultInFlight = 100

/** Has a job done for every payload. Throws OPTIONS_INVALID. See `Producer.map`. */
export function mapJobs(
  sources: MapSources,
  name: string,
  payloads: Iterable<unknown> | AsyncIterable<unknown>,
  given: MapOptions<unknown> = {},
): AsyncGenerator<Outcome, void, undefined> {
  const { inFlight = defaultInFlight, options, timeoutMs, signal, ordered = false } = given
  const refuse = (path: string, remedy: string) => new BrineError('OPTIONS_INVALID', remedy, { job: name, path })
  if (!Number.isSafeInteger(inFlight) || inFlight < 1) throw refuse('inFlight', 'must be a whole number from 1')
  if (timeoutMs !== undefined && !(timeoutMs >= 0)) throw refuse('timeoutMs', 'must be milliseconds, 0 or more')
  if (!isIterable(payloads)) throw refuse('payloads', 'must be an iterable, or an async iterable')
  const optionsOf = typeof options === 'function' ? options : () => options
  return run()

  async function* run(): AsyncGenerator<Outcome, void, undefined> {
    const ended: Outcome[] = []
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    let yielded = 0
    let fatal: { error: unknown } | undefined
    let wake = () => {}
    const fail = (error: unknown) => {
      fatal ??= { error }
      wake()
    }
    const end = (outcome: Outcome) => {
      ended.push(outcome)
      wake()
    }
    const room = () => inFlight - (intake.taken - yielded)
    const intake: Intake = createIntake(payloads, { room, begin, send, over: () => wake() })

    function begin(index: number, payload: unknown) {
      const prepare = async () => sources.prepare(name, payload, optionsOf(payload, index))
      const preparing = prepare()
      // Awaited in turn.
      preparing.catch(() => {})
      return { index, payload, preparing }
    }

    /** Enqueues what was taken together, in one round trip, and follows each to its end. */
    async function send(items: readonly ReturnType<typeof begin>[]): Promise<void> {
      const sent: { index: number; payload: unknown; prepared: Prepared }[] = []
      try {
        for (const { index, payload, preparing } of items) {
          try {
            sent.push({ index, payload, prepared: await preparing })
          } catch (error) {
            if (!isOfPayload(error)) throw error
            end({ status: 'failed', index, payload, id: undefined, error })
          }
        }
        if (sent.length === 0 || stop.signal.aborted) return
        const handles = await sources.add(sent.map(({ prepared }) => prepared))
        for (const [at, { index, payload }] of sent.entries()) {
          const handle = handles[at]
          if (handle) void follow(handle, { index, payload })
        }
      } catch (error) {
        fail(error)
      }
    }

    async function follow(handle: JobHandle, item: { index: number; payload: unknown }): Promise<void> {
      const { id } = handle
      try {
        const result = await handle.result({ timeoutMs, signal: stop.signal })
        end(quiet({ ...item, status: 'completed', id, result }, ['payload', 'result']))
      } catch (error) {
        if (stop.signal.aborted) return
        if (error instanceof BrineError && error.code === 'CLOSED') fail(error)
        else end(quiet({ ...item, status: 'failed', id, error }, ['payload', 'error']))
      }
    }

    function next(): Outcome | undefined {
      if (!ordered) return ended.shift()
      const at = ended.findIndex(({ index }) => index === yielded)
      return at < 0 ? undefined : ended.splice(at, 1)[0]
    }

    const onAbort = () => wake()
    signal?.addEventListener('abort', onAbort)
    try {
      for (;;) {
        if (signal?.aborted) throw signal.reason
        if (fatal) throw fatal.error
        const outcome = next()
        if (outcome) {
          yielded += 1
          intake.roomier()
          yield outcome
        } else if (intake.ended && yielded === intake.taken) {
          if (intake.failure) throw intake.failure.error
          return
        } else {
          const changed = new Promise<void>((resolve) => {
            wake = resolve
          })
          intake.roomier()
          await changed
        }
      }
    } finally {
      signal?.removeEventListener('abort', onAbort)
      stop.abort()
      await intake.close()
    }
  }
}

function isIterable(given: unknown): boolean {
  if (typeof given === 'string') return true
  if (typeof given !== 'object' || given === null) return false
  return Symbol.asyncIterator in given || Symbol.iterator in given
}

// A payload that is refused is one outcome; what else is refused would be for all of them.
function isOfPayload(error: unknown): boolean {
  return error instanceof BrineError && error.code !== 'JOB_UNKNOWN' && error.code !== 'OPTIONS_INVALID'
}
