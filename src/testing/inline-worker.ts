import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { type JobSink, jobInMemory, settleInMemory } from '../queue/bullmq/memory.ts'
import { codecFor } from '../queue/contract-codec.ts'
import type { ChildStore } from '../queue/flow/child-store.ts'
import { failedBy } from '../queue/flow/failed-child.ts'
import { readFailure } from '../queue/job/read-failure.ts'
import { type Backoff, backoffStrategy } from '../queue/worker/backoff.ts'
import { encodeFailure } from '../queue/worker/failure.ts'
import { PutBack } from '../queue/worker/put-back.ts'
import type { Retry } from '../queue/worker/retry.ts'
import { createRunner, type UntypedHandler } from '../queue/worker/run-job.ts'
import type { PassedOn } from '../queue/worker/worker-options.ts'
import { countChildren } from './family.ts'
import type { MemoryJob, MemoryQueue } from './memory-queue.ts'
import type { TestClock } from './test-clock.ts'

export interface InlineWorker {
  /** Runs what waits, and what comes to wait meanwhile, one job after another, and says whether there was any. */
  run(): Promise<boolean>
  /** Until when no job is taken, in milliseconds since 1970: a handler has limited the rate. */
  limitedUntilMs(): number
  /** Stops the attempt that works on the job of this id now. */
  stop(id: string, reason: BrineError): void
}

export interface InlineWorkerOptions {
  contract: QueueContract
  codec: EnvelopeCodec
  queue: MemoryQueue
  handlers: ReadonlyMap<string, UntypedHandler>
  settings: PassedOn['settings']
  retry: Retry<QueueContract> | undefined
  backoff: Backoff<QueueContract> | undefined
  clock: TestClock
  childrenOf: (job: MemoryJob) => ChildStore
  /** Jobs may be taken again. */
  woken: () => unknown
  report: (error: unknown) => void
}

/** Works on a memory queue with the very steps of a worker: see run-job.ts. */
export function createInlineWorker(options: InlineWorkerOptions): InlineWorker {
  const { contract, codec, queue, retry, clock, childrenOf, woken, report } = options
  const delays = new Map<string, number>()
  const handlers = new Map([...options.handlers].map(([name, handler]) => [name, noteDelays(handler, delays)]))
  let limitedUntilMs = 0
  const runner = createRunner({
    ...{ contract, codec, handlers, retry, report },
    childrenOf(stored) {
      const job = queue.get(String(stored.id))
      if (!job) throw new BrineError('JOB_REMOVED', 'the job is gone', { job: stored.name })
      return childrenOf(job)
    },
    async limitRate(ms) {
      limitedUntilMs = clock.now.getTime() + ms
      clock.schedule(limitedUntilMs, woken)
    },
  })
  const settings = { ...options.settings, backoffStrategy: backoffStrategy(options) }

  async function attempt(job: MemoryJob): Promise<void> {
    const held = { ...job, name: job.job.name }
    const sink = sinkOf(job, queue, delays)
    if (job.doomed !== undefined) return fail(job, sink, job.doomed)
    const stored = jobInMemory(contract, held, sink, settings)
    await settleInMemory(stored, () => runner.process(stored, 'memory'))
  }

  // As BullMQ ends a job that is to fail when it is taken: of which a child failed that has failParentOnFailure.
  function fail({ id, job: { name: job }, children }: MemoryJob, sink: JobSink, reason: string): void {
    const child = children.find(({ state }) => state === 'failed')
    const place = {
      prefix: child?.contract.prefix ?? 'bull',
      queueName: child?.contract.name ?? '',
      id: child?.job.id ?? '',
    }
    const { ended } = child ?? {}
    const read = codecFor(contract, place)
    const cause =
      ended?.state === 'failed' ? readFailure(read, { name: child?.job.job.name }, place.id, ended) : undefined
    sink.fail(reason, encodeFailure(failedBy(place, { job, cause }), codec, { kind: 'error', id }))
  }

  async function run(): Promise<boolean> {
    for (let ran = false; ; ran = true) {
      const job = clock.now.getTime() >= limitedUntilMs ? queue.take() : undefined
      if (!job) return ran
      await attempt(job)
    }
  }

  return {
    run,
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
      if (PutBack.is(thrown)) delays.set(given[1].id, thrown.ms)
      throw thrown
    }
  }
  return Object.assign(noting, handler.takesText && { takesText: handler.takesText })
}

function sinkOf(job: MemoryJob, queue: MemoryQueue, delays: Map<string, number>): JobSink {
  const wait = (delayMs: number, where: 'behind' | 'before') => {
    if (delayMs > 0) queue.delay(job, delayMs)
    else queue.putBack(job, where)
  }
  return {
    progress(text) {
      job.progress = text
    },
    log(line, keep) {
      job.logs.push(line)
      if (keep !== undefined && keep > 0) job.logs.splice(0, job.logs.length - keep)
      return job.logs.length
    },
    retry(delayMs, lifo) {
      job.attemptsMade++
      wait(delayMs, lifo ? 'before' : 'behind')
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
