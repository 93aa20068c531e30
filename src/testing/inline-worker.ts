import { type JobSink, jobInMemory, settleInMemory } from '../bullmq/in-memory-job.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { QueueContract } from '../contract/contract.ts'
import type { UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import type { ChildStore } from '../flow/child-store.ts'
import { failedBy } from '../flow/failed-child.ts'
import { codecFor } from '../job/contract-codec.ts'
import { JobDeferred } from '../job/job-deferred.ts'
import { readFailure } from '../job/read-failure.ts'
import { createRunGuard } from '../schedule/run-guard.ts'
import { tokenOf } from '../seal/tokens.ts'
import type { Tell } from '../worker/attempt-events.ts'
import { type Backoff, backoffStrategy } from '../worker/backoff.ts'
import { decideRefusal } from '../worker/decide-refusal.ts'
import type { Retry } from '../worker/retry.ts'
import { createRunner, type UntypedHandler } from '../worker/run-job.ts'
import type { PassedOn } from '../worker/worker-options.ts'
import type { EventLog } from './event-log.ts'
import { bondIn, type MemoryJob } from './memory-job.ts'
import { type MemoryQueue, sideOf } from './memory-queue.ts'
import { countChildren } from './parent-link.ts'
import type { TestClock } from './test-clock.ts'

export interface InlineWorker {
  /** Runs what waits, and what comes to wait meanwhile, one job after another, and says whether there was any. */
  run(): Promise<boolean>
  /** Takes no job for so long. */
  limitRate(ms: number): void
  /** Until when no job is taken, in milliseconds since 1970: a handler has limited the rate. */
  limitedUntilMs(): number
  /** Stops the attempt that works on the job of this id now. */
  stop(id: string, reason: BrineError): void
}

export interface InlineWorkerOptions {
  contract: QueueContract
  codec: EnvelopeCodec
  queue: MemoryQueue
  journal: EventLog
  /** How many jobs may begin in which time. */
  limit: () => { max: number; durationMs: number } | undefined
  handlers: ReadonlyMap<string, UntypedHandler>
  settings: PassedOn['settings']
  retry: Retry<QueueContract> | undefined
  backoff: Backoff<QueueContract> | undefined
  clock: TestClock
  childrenOf: (job: MemoryJob) => ChildStore
  /** Told of the children that handlers add. */
  enqueues: readonly UntypedEnqueueMiddleware[]
  /** Jobs may be taken again. */
  woken: () => unknown
  /** Told how attempts end. */
  tell: Tell | undefined
  report: (error: unknown) => void
}

/** Works on a memory queue with the very steps of a worker: see run-job.ts. */
export function createInlineWorker(options: InlineWorkerOptions): InlineWorker {
  const { contract, codec, queue, journal, retry, clock, childrenOf, enqueues, woken, tell, report } = options
  const delays = new Map<string, number>()
  const handlers = new Map([...options.handlers].map(([name, handler]) => [name, noteDelays(handler, delays)]))
  let limitedUntilMs = 0
  const nowMs = () => clock.now.getTime()
  const guard = codec.sealed ? createRunGuard({ contract, codec, nowMs }) : undefined
  const runner = createRunner({
    ...{ contract, codec, guard, handlers, retry, tell, report, enqueues },
    childrenOf(stored) {
      const job = queue.get(String(stored.id))
      if (!job) throw new BrineError('JOB_REMOVED', 'the job is gone', { job: stored.name })
      return childrenOf(job)
    },
    limitRate: async (ms) => limitRate(ms),
    // In memory there is one contract, and none is newer.
    async refuse(stored, _token, refusal) {
      const { id, name } = stored
      if (decideRefusal(refusal) !== 'quarantine') return false
      const { code, path, message: reason } = refusal
      const job = queue.get(String(id))
      const refused = { code, path, reason, job: name }
      if (job) queue.end(job, { state: 'quarantined', refusal: refused, earlier: job.earlier })
      tell?.away(stored, { type: 'quarantined', error: refusal })
      return true
    },
  })
  const settings = { ...options.settings, backoffStrategy: backoffStrategy(options) }

  async function attempt(job: MemoryJob): Promise<void> {
    const held = { ...job, name: job.job.name }
    const sink = sinkOf(job, options, delays)
    if (job.doomed !== undefined) return fail(job, sink, job.doomed)
    const stored = jobInMemory(contract, held, sink, settings)
    const { settled, error } = await settleInMemory(stored, () => runner.process(stored, 'memory'))
    if (error) job.earlier = { reason: error.message, encoded: stored.failure }
    if (settled) tell?.ended(stored, error)
  }

  // As BullMQ ends a job that is to fail when it is taken: of which a child failed that has failParentOnFailure.
  function fail(parent: MemoryJob, sink: JobSink, reason: string): void {
    const { id, children } = parent
    const job = parent.job.name
    const child = children.find(({ state }) => state === 'failed')
    const place = {
      prefix: child?.contract.prefix ?? 'bull',
      queueName: child?.contract.name ?? '',
      id: child?.job.id ?? '',
    }
    const { ended } = child ?? {}
    const read = codecFor(contract, place)
    const bond = bondIn(parent, codec)
    const ofChild = { parent: tokenOf(bond, id) }
    const cause =
      ended?.state === 'failed' ? readFailure(read, { name: child?.job.job.name }, place.id, ended, ofChild) : undefined
    sink.fail(reason, codec.encodeThrown(failedBy(place, { job, cause }), { kind: 'error', id, bond }))
  }

  function limitRate(ms: number): void {
    limitedUntilMs = clock.now.getTime() + ms
    clock.schedule(limitedUntilMs, woken)
  }

  // As BullMQ counts: from the first job on, which begins a time anew when the last one is over.
  let begun = { jobs: 0, untilMs: 0 }
  function mayBegin(): boolean {
    const nowMs = clock.now.getTime()
    if (nowMs < limitedUntilMs) return false
    const limit = options.limit()
    if (!limit || !queue.hasWaiting()) return true
    if (nowMs >= begun.untilMs) begun = { jobs: 0, untilMs: nowMs + limit.durationMs }
    if (begun.jobs >= limit.max) {
      limitRate(begun.untilMs - nowMs)
      return false
    }
    begun.jobs++
    return true
  }

  async function run(): Promise<boolean> {
    for (let ran = false; ; ran = true) {
      const job = mayBegin() ? queue.take() : undefined
      if (!job) {
        if (ran && !queue.hasWaiting()) journal.write('drained')
        return ran
      }
      await attempt(job)
    }
  }

  return {
    run,
    limitRate,
    limitedUntilMs: () => limitedUntilMs,
    stop(id, reason) {
      for (const attempt of runner.running) if (attempt.stored.id === id) attempt.stop(reason)
    },
  }
}

/**
 * Notes for how long a handler puts its job off. BullMQ is told of the moment instead, by the real clock, which may have
 * moved on by a millisecond.
 */
function noteDelays(handler: UntypedHandler, delays: Map<string, number>): UntypedHandler {
  const noting = async (...given: Parameters<UntypedHandler>) => {
    try {
      return await handler(...given)
    } catch (thrown) {
      if (JobDeferred.is(thrown)) delays.set(given[1].id, thrown.ms)
      throw thrown
    }
  }
  return Object.assign(noting, handler.takesText && { takesText: handler.takesText })
}

function sinkOf(
  job: MemoryJob,
  { queue, journal }: Pick<InlineWorkerOptions, 'queue' | 'journal'>,
  delays: Map<string, number>,
): JobSink {
  const wait = (delayMs: number, where: 'behind' | 'before') => {
    if (delayMs > 0) queue.delay(job, delayMs)
    else queue.putBack(job, where)
  }
  return {
    progress(text) {
      job.progress = text
      journal.write('progress', { jobId: job.id, data: text })
    },
    log(line, keep) {
      job.logs.push(line)
      if (keep !== undefined && keep > 0) job.logs.splice(0, job.logs.length - keep)
      return job.logs.length
    },
    retry(delayMs, lifo) {
      job.attemptsMade++
      wait(delayMs, lifo ? sideOf(job) : 'behind')
    },
    again(delayMs) {
      const exactMs = delayMs === undefined ? 0 : (delays.get(job.id) ?? delayMs)
      wait(exactMs, 'before')
    },
    waitForChildren() {
      if (countChildren(job).unprocessed === 0) return false
      job.state = 'waiting-children'
      return true
    },
    complete(text) {
      job.attemptsMade++
      queue.end(job, { state: 'completed', text })
    },
    fail(reason, encoded) {
      job.attemptsMade++
      queue.end(job, { state: 'failed', reason, encoded })
    },
  }
}
