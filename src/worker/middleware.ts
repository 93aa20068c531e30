import { EncodedText } from '../bullmq/encoded-text.ts'
import { HandlerFailure } from '../bullmq/handler-failure.ts'
import type { EnvelopeCodec, Place } from '../codec/envelope.ts'
import type { ContractJob, JobNames, PayloadOutput, QueueContract, ResultInput } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { openPayload } from '../job/open-payload.ts'
import type { HandlerContext } from './handler.ts'
import type { UntypedHandler } from './run-job.ts'
import type { WorkerEventListener } from './worker-event.ts'

/** What a middleware knows of the attempt that it wraps: the handler's own context, but for what is the handler's to do. */
export type HandledJob<C extends QueueContract = QueueContract> = {
  [N in JobNames<C>]: Pick<
    HandlerContext<C, N>,
    'id' | 'name' | 'attempt' | 'maxAttempts' | 'enqueuedAt' | 'metadata' | 'signal' | 'log'
  > & {
    readonly queue: string
    /** What the handler receives: the same instances. A sandboxed handler's are decoded for those that ask. */
    readonly payload: PayloadOutput<C, N>
    /** Of the job in the worker's contract. */
    readonly version: number
  }
}[JobNames<C>]

/**
 * Wraps the handlers of a worker. It runs before the handler, calls `next()` for what is within (the next middleware, at last the
 * handler), and returns what that gave. The first of `use` is the outermost.
 *
 * - `next()` resolves with the handler's result before it is validated and encoded, and rejects with what the handler threw, as
 *   its class; also with JobDeferred, by which a job is put back. The handler runs within the call, so that an AsyncLocalStorage
 *   reaches it: `(job, next) => tenants.run(tenant, next)`. A sandboxed handler runs elsewhere, and no such storage reaches it.
 * - What a middleware throws is the attempt's error, as if the handler had thrown it: thrown before `next()`, the handler does not
 *   run. What it catches and does not throw again is no error, and then it has to return a result: types only let `next()`'s.
 * - It is not called for a job that cannot be decoded or validated, unless its handler is sandboxed.
 * - A middleware with a method `onEvent` receives the end of every attempt, when that is stored, those of jobs that it was not called for
 *   among them, and of what goes wrong beside: see WorkerEvent.
 *
 * @example
 * const transaction: Middleware<typeof orders> = (job, next) => database.transaction((client) => clients.run(client, next))
 */
export type Middleware<C extends QueueContract = QueueContract> = [C] extends [QueueContract]
  ? MiddlewareMethod<C>['run'] & WorkerEventListener
  : never

// As a method behind a condition, types are compared by what they are: a middleware for any contract may be used with one.
interface MiddlewareMethod<C extends QueueContract> {
  run<R extends ResultInput<C, JobNames<C>>>(job: HandledJob<C>, next: () => Promise<R>): Promise<R>
}

/** A middleware whose types were checked where it was given to `createWorker`. */
export type UntypedMiddleware = ((job: HandledJob, next: () => Promise<unknown>) => Promise<unknown>) &
  WorkerEventListener

export interface WrapOptions {
  contract: QueueContract
  entry: ContractJob
  codec: EnvelopeCodec
}

/** A handler within its middlewares. */
export function wrapHandler(
  handler: UntypedHandler,
  use: readonly UntypedMiddleware[],
  { contract, entry, codec }: WrapOptions,
): UntypedHandler {
  async function run(payload: unknown, context: HandlerContext, named: ContractJob): Promise<unknown> {
    // A sandboxed handler's result and error, as they are told to middlewares and as they came.
    let result: { told: unknown; stored: EncodedText } | undefined
    let failure: HandlerFailure | undefined
    const innermost = async () => {
      try {
        const given = await handler(payload, context, named)
        if (!(given instanceof EncodedText)) return given
        const { name, version } = named
        const place: Place = { kind: 'result', job: name, version, id: context.id }
        result = { told: codec.decode(given.text, place).value, stored: given }
        return result.told
      } catch (error) {
        if (!HandlerFailure.is(error)) throw error
        failure = error
        throw failure.thrown
      }
    }
    const job = describeJob(payload, context, named)
    const chain = use.reduceRight<() => Promise<unknown>>((next, one) => async () => one(job, next), innermost)
    try {
      const given = await chain()
      // What nobody changed need not be validated and encoded again.
      return result && given === result.told ? result.stored : given
    } catch (error) {
      throw failure && error === failure.thrown ? failure : error
    }
  }

  function describeJob(payload: unknown, context: HandlerContext, { version }: ContractJob): HandledJob {
    return {
      queue: contract.name,
      version,
      metadata: context.metadata,
      ...{ id: context.id, name: context.name, attempt: context.attempt, maxAttempts: context.maxAttempts },
      get enqueuedAt() {
        return context.enqueuedAt
      },
      get signal() {
        return context.signal
      },
      get log() {
        return context.log
      },
      get payload() {
        return handler.takesText ? readPayload(String(payload), context.id) : payload
      },
    }
  }

  function readPayload(text: string, id: string): unknown {
    const opened = openPayload(text, entry, codec, id)
    if (!(opened instanceof Promise)) return opened.value
    opened.catch(() => {})
    const remedy = 'the payload is not available here: the handler is sandboxed and the schema is async'
    throw new BrineError('PAYLOAD_INVALID', remedy, { job: entry.name })
  }

  return handler.takesText ? Object.assign(run, { takesText: true } as const) : run
}
