import type { JobNames, QueueContract } from '../contract/contract.ts'
import type { PayloadStored } from '../contract/job-definition.ts'
import { checkJobOptions, type EnqueueOptions } from '../contract/job-options.ts'
import { BrineError } from '../errors.ts'
import { openInput } from '../job/open-payload.ts'
import { quiet } from '../notation/redact-inspect.ts'
import { type Prepared, withOptions } from './prepare.ts'

/** What a producer's middleware knows of a job that is about to be enqueued. */
export type EnqueuedJob<C extends QueueContract = QueueContract> = {
  [N in JobNames<C>]: {
    readonly queue: string
    readonly name: N
    /** What is stored, as a copy of the middlewares' own, decoded when one first reads it: changing it changes nothing. */
    readonly payload: PayloadStored<C['jobs'][N]>
    /** Of the job in the contract. */
    readonly version: number
    /** Of the text that will be stored. */
    readonly bytes: number
    /** What checking the payload and encoding it took, in milliseconds; undefined for a schedule. */
    readonly encodeMs: number | undefined
    /** The contract's and the caller's own. */
    readonly options: Readonly<EnqueueOptions>
    /** The id that it will have, unless deduplication finds an earlier job: what `next()` gives tells. */
    readonly id: string
    /** The id of the schedule whose runs it will be, when it is not a single job: `id` then is the start of theirs. */
    readonly schedule: string | undefined
  }
}[JobNames<C>]

/** What a middleware may add to a job's options. */
export type AddedOptions = Omit<EnqueueOptions, 'jobId'>

/**
 * Told of each job that a producer enqueues, and of each schedule that it adds or changes, after that was checked and encoded
 * and before it is sent. It calls `next()`, or
 * `next(options)` to add options, and returns what that gave: the job's handle. The first of `use` is the outermost.
 *
 * What it throws is thrown by `enqueue`: before `next()`, nothing is sent. In an `enqueueBulk` the middlewares of all items run
 * at the same time, and one that throws before its `next()` keeps all from being sent.
 *
 * @example
 * const tracing: EnqueueMiddleware = (_job, next) => next({ telemetry: { metadata: traceParent() } })
 */
export type EnqueueMiddleware<C extends QueueContract = QueueContract> = [C] extends [QueueContract]
  ? EnqueueMiddlewareMethod<C>['run']
  : never

// As a method behind a condition, types are compared by what they are: a middleware for any contract may be used with one.
interface EnqueueMiddlewareMethod<C extends QueueContract> {
  run<R extends { readonly id: string }>(job: EnqueuedJob<C>, next: (options?: AddedOptions) => Promise<R>): Promise<R>
}

/** A middleware for jobs of any contract, and for those of one alone not: flows hold jobs of many. */
export type AnyEnqueueMiddleware = <R extends { readonly id: string }>(
  job: EnqueuedJob,
  next: (options?: AddedOptions) => Promise<R>,
) => Promise<R>

/** A middleware whose types were checked where it was given to `createProducer`. */
export type UntypedEnqueueMiddleware = (
  job: EnqueuedJob,
  next: (options?: AddedOptions) => Promise<{ readonly id: string }>,
) => Promise<{ readonly id: string }>

type Send<R> = (prepared: Prepared) => Promise<R>

/** Tells the middlewares of a job, and sends it when the last one says so. */
export async function throughMiddlewares<R extends { readonly id: string }>(
  use: readonly UntypedEnqueueMiddleware[],
  prepared: Prepared,
  send: Send<R>,
): Promise<R> {
  const { queue, text, codec, schedule, encodeMs, job: entry } = prepared
  const { name, version } = entry
  const bytes = Buffer.byteLength(text)
  let opened: { value: unknown } | undefined
  let sent: Promise<R> | undefined
  const step = (index: number, current: Prepared): Promise<R> => {
    const one = use[index]
    if (!one) {
      sent ??= send(current)
      return sent
    }
    const { options } = current
    const told = {
      ...{ queue, name, version, bytes, encodeMs, options, id: options.jobId, schedule },
      // The caller may have changed the object since: middlewares run while it goes on.
      get payload() {
        opened ??= openInput(text, entry, codec, options.jobId)
        return opened.value
      },
    }
    const job = quiet(told, ['payload'])
    const next = async (added?: AddedOptions) =>
      step(index + 1, added ? withOptions(current, merge(options, added, name)) : current)
    return Promise.resolve(one(job, next)).then(() => sent ?? Promise.reject(notSent(name)))
  }
  return await step(0, prepared)
}

/** The handles of those that were added, and why the others were not. */
export interface SentBulk<R> {
  readonly handles: readonly (R | undefined)[]
  readonly error?: BrineError
}

/** The same of many, which are sent together: once every one has come to be sent, or none. Of each its middlewares hear what became of it. */
export async function allThroughMiddlewares<R extends { readonly id: string }>(
  use: readonly UntypedEnqueueMiddleware[],
  all: readonly Prepared[],
  send: (prepared: Prepared[]) => Promise<SentBulk<R>>,
): Promise<R[]> {
  const ready: Prepared[] = []
  let missing = all.length
  let go: (bulk: Promise<SentBulk<R>>) => void = () => {}
  let stop: (error: unknown) => void = () => {}
  const sent = new Promise<SentBulk<R>>((resolve, reject) => {
    go = resolve
    stop = reject
  })
  const arrive = (index: number, prepared: Prepared) => {
    ready[index] = prepared
    missing -= 1
    if (missing === 0) go(send(ready))
    return sent.then(({ handles, error }) => handles[index] ?? Promise.reject(error))
  }
  sent.catch(() => {})
  const each = all.map((prepared, index) => throughMiddlewares(use, prepared, (merged) => arrive(index, merged)))
  // One that ends before all are sent has not come so far; the others are not to wait for it.
  for (const one of each) one.catch(stop)
  return Promise.all(each)
}

function merge(options: Prepared['options'], added: AddedOptions, job: string): Prepared['options'] {
  if ('jobId' in added) {
    throw new BrineError('OPTIONS_INVALID', 'middleware cannot set jobId', { job, path: 'options.jobId' })
  }
  return { ...options, ...checkJobOptions(added, { code: 'OPTIONS_INVALID', job }) }
}

function notSent(job: string): BrineError {
  return new BrineError('OPTIONS_INVALID', 'a middleware of the producer returned without calling next()', {
    job,
    path: 'use',
  })
}
