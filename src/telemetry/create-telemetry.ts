import { type Context, context, SpanKind, trace } from '@opentelemetry/api'
import type { Telemetry as BullTelemetry } from 'bullmq'
import { BullMQOtel } from 'bullmq-otel'
import type { EnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { isError } from '../realm/is-error.ts'
import type { Middleware } from '../worker/middleware.ts'
import { filterSpans } from './filter-spans.ts'

/** Options of `createTelemetry`. */
export interface TelemetryOptions {
  /** Default `brinemq`. */
  tracerName?: string | undefined
  /** Of the tracer. Default none. */
  version?: string | undefined
}

/** What producers and workers are given, so that their jobs are traced. Made by `createTelemetry`. */
export interface Telemetry {
  /** For `telemetry` of producers, flow producers and workers: BullMQ's spans, without what jobs hold. */
  readonly telemetry: BullTelemetry
  /** For `use` of workers: a span around each handler, within BullMQ's. */
  readonly jobs: Middleware
  /** For `use` of producers: a span around each enqueue, which BullMQ's are in, and so is one for each `result()` of its handle. */
  readonly enqueues: EnqueueMiddleware
}

/**
 * OpenTelemetry's spans from an enqueue to the handler and the storing of its result, in one trace, by bullmq-otel. They carry names,
 * ids, sizes, versions and codes, and never payloads, results or messages of errors. It needs the packages bullmq-otel and
 * @opentelemetry/api.
 *
 * Throws OPTIONS_INVALID.
 *
 * @example
 * const { telemetry, jobs, enqueues } = createTelemetry()
 * const producer = createProducer(people, { connection, telemetry, use: [enqueues] })
 * const worker = createWorker(people, { connection, telemetry, use: [jobs], handlers })
 */
export function createTelemetry(options: TelemetryOptions = {}): Telemetry {
  checkOptions(options, ['tracerName', 'version'], 'createTelemetry')
  const { tracerName = 'brinemq', version } = options
  const named = { tracerName, ...(version !== undefined && { version }) }
  const tracer = trace.getTracer(tracerName, version)

  /** Runs `work` in a span, within that of `parent` or the active one, which says by its code, or the class of its error, how that failed. */
  function within<T>(
    name: string,
    attributes: Attributes,
    work: () => Promise<T>,
    parent: Context = context.active(),
  ): Promise<T> {
    return tracer.startActiveSpan(name, { kind: SpanKind.INTERNAL, attributes }, parent, async (span) => {
      try {
        return await work()
      } catch (error) {
        span.setAttribute('error.type', typeOf(error))
        throw error
      } finally {
        span.end()
      }
    })
  }

  return {
    telemetry: filterSpans(new BullMQOtel(named)),
    enqueues: ({ queue, name, id, version: ofJob, bytes }, next) =>
      within(`enqueue ${name}`, { ...describe(queue, name, id, ofJob), 'brinemq.payload.bytes': bytes }, async () => {
        const handle = await next()
        const enqueued = context.active()
        traceResult(handle, (read) => within(`result ${name}`, describe(queue, name, handle.id, ofJob), read, enqueued))
        return handle
      }),
    jobs: ({ queue, name, id, version: ofJob, attempt }, next) =>
      within(`handle ${name}`, { ...describe(queue, name, id, ofJob), 'brinemq.job.attempt': attempt }, next),
  }
}

/** Wraps the waiting for a job's result, wherever and whenever that is asked for. What a schedule or a flow is sent as has none. */
function traceResult(handle: object, within: (read: () => Promise<unknown>) => Promise<unknown>): void {
  const result: unknown = Reflect.get(handle, 'result')
  if (typeof result !== 'function') return
  const traced = (...given: unknown[]) => within(() => Reflect.apply(result, handle, given))
  Object.defineProperty(handle, 'result', { value: traced, configurable: true, writable: true })
}

type Attributes = Record<string, string | number>

function describe(queue: string, name: string, id: string, version: number): Attributes {
  return { 'brinemq.queue': queue, 'brinemq.job.name': name, 'brinemq.job.id': id, 'brinemq.job.version': version }
}

function typeOf(error: unknown): string {
  try {
    if (error instanceof BrineError) return error.code
    const name: unknown = isError(error) ? error.constructor.name : typeof error
    return typeof name === 'string' && /^\w{1,100}$/.test(name) ? name : 'Error'
  } catch {
    // A proxy may be thrown.
    return 'unknown'
  }
}
