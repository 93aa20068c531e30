import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { QueueContract } from '../contract/contract.ts'
import type { BrineError } from '../errors.ts'
import { backoffStrategy } from '../queue/backoff.ts'
import { type JobSink, jobInMemory, settleInMemory } from '../queue/bullmq-memory.ts'
import { PutBack } from '../queue/put-back.ts'
import type { Retry } from '../queue/retry.ts'
import { createRunner, type UntypedHandler } from '../queue/run-job.ts'
import type { PassedOn } from '../queue/worker-options.ts'
import type { MemoryJob, MemoryQueue } from './memory-queue.ts'
import type { TestClock } from './test-clock.ts'

export interface InlineWorker {
  /** Runs what waits, and what comes to wait meanwhile, one job after another; other calls run beside this one. */
  run(): Promise<void>
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
  clock: TestClock
  report: (error: unknown) => void
}

/** Works on a memory queue with the very steps of a worker: see run-job.ts. */
export function createInlineWorker(options: InlineWorkerOptions): InlineWorker {
  const { contract, codec, queue, retry, clock, report } = options
  const delays = new Map<string, number>()
  const handlers = new Map([...options.handlers].map(([name, handler]) => [name, noteDelays(handler, delays)]))
  let limitedUntilMs = 0
  const runner = createRunner({
    ...{ contract, codec, handlers, retry, report },
    async limitRate(ms) {
      limitedUntilMs = clock.now.getTime() + ms
      clock.schedule(limitedUntilMs, run)
    },
  })
  const settings = { ...options.settings, backoffStrategy: backoffStrategy(options.settings, report) }

  async function attempt(job: MemoryJob): Promise<void> {
    const held = { ...job, name: job.job.name }
    const stored = jobInMemory(contract, held, sinkOf(job, queue, delays), settings)
    await settleInMemory(stored, () => runner.process(stored, 'memory'))
  }

  async function run(): Promise<void> {
    while (clock.now.getTime() >= limitedUntilMs) {
      const job = queue.take()
      if (!job) return
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
