import type { EnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { isBrineErrorCode } from '../errors.ts'
import type { Middleware } from '../worker/middleware.ts'
import type { AttemptEnd, WorkerEvent } from '../worker/worker-event.ts'
import type { Instruments } from './instruments.ts'

// Names from elsewhere would be labels without bound.
const unknownJob = '(unknown)'
const noCode = '(other)'

/** Counts what a worker does with its jobs, as a middleware that is told of their ends. */
export function countJobs(instruments: Instruments): Middleware {
  const { completed, failed, retried, quarantined, postponed, lost, troubles } = instruments

  function count(end: AttemptEnd): void {
    const { queue, job = unknownJob, code = noCode } = end
    const of = { queue, job }
    if (end.type === 'completed') completed.inc(of)
    else if (end.type === 'failed') failed.inc({ ...of, code })
    else if (end.type === 'retried') retried.inc({ ...of, code })
    else if (end.type === 'quarantined') quarantined.inc({ ...of, code })
    else if (end.type === 'postponed') postponed.inc({ ...of, why: end.why ?? noCode })
    else lost.inc(of)
  }

  function measure({ queue, job = unknownJob, waitMs, decodeMs, runMs, encodeMs, payloadBytes }: AttemptEnd): void {
    const of = { queue, job }
    const { wait, decode, run, encode, bytes } = instruments
    if (waitMs !== undefined) wait.observe(of, waitMs / 1000)
    if (decodeMs !== undefined) decode.observe(of, decodeMs / 1000)
    if (runMs !== undefined) run.observe(of, runMs / 1000)
    if (encodeMs !== undefined) encode.observe({ ...of, kind: 'result' }, encodeMs / 1000)
    if (payloadBytes !== undefined) bytes.observe({ ...of, at: 'take' }, payloadBytes)
  }

  function onEvent(event: WorkerEvent): void {
    if (event.type === 'connected') return
    if (event.type === 'error') {
      const code: unknown = Reflect.get(event.error, 'code')
      troubles.inc({ queue: event.queue, code: isBrineErrorCode(code) ? code : noCode })
      return
    }
    count(event)
    measure(event)
  }

  const passed: Middleware = (_job, next) => next()
  return Object.assign(passed, { onEvent })
}

/** Counts what a producer enqueues. What deduplication finds there already is no new job, and a schedule is none. */
export function countEnqueues({ enqueued, encode, bytes }: Instruments): EnqueueMiddleware {
  return async ({ queue, name: job, id, schedule, bytes: size, encodeMs }, next) => {
    const of = { queue, job }
    const handle = await next()
    if (schedule !== undefined || handle.id !== id) return handle
    enqueued.inc(of)
    bytes.observe({ ...of, at: 'enqueue' }, size)
    if (encodeMs !== undefined) encode.observe({ ...of, kind: 'payload' }, encodeMs / 1000)
    return handle
  }
}
