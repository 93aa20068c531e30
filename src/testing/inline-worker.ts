import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { QueueContract } from '../contract/contract.ts'
import type { BrineError } from '../errors.ts'
import { backoffStrategy } from '../queue/backoff.ts'
import { type JobSink, jobInMemory, settleInMemory } from '../queue/bullmq-memory.ts'
import { createRunner, type UntypedHandler } from '../queue/run-job.ts'
import type { PassedOn } from '../queue/worker-options.ts'
import type { MemoryJob, MemoryQueue } from './memory-queue.ts'

export interface InlineWorker {
  /** Runs what waits, and what comes to wait meanwhile, one job after another; other calls run beside this one. */
  run(): Promise<void>
  /** Stops the attempt that works on the job of this id now. */
  stop(id: string, reason: BrineError): void
}

export interface InlineWorkerOptions {
  contract: QueueContract
  codec: EnvelopeCodec
  queue: MemoryQueue
  handlers: ReadonlyMap<string, UntypedHandler>
  settings: PassedOn['settings']
  report: (error: unknown) => void
}

/** Works on a memory queue with the very steps of a worker: see run-job.ts. */
export function createInlineWorker(options: InlineWorkerOptions): InlineWorker {
  const { contract, codec, queue, handlers, report } = options
  const runner = createRunner({ contract, codec, handlers, report })
  const settings = { ...options.settings, backoffStrategy: backoffStrategy(options.settings, report) }

  async function attempt(job: MemoryJob): Promise<void> {
    const held = { ...job, name: job.job.name }
    const stored = jobInMemory(contract, held, sinkOf(job, queue), settings)
    await settleInMemory(stored, () => runner.process(stored, 'memory'))
  }

  return {
    async run() {
      for (let job = queue.take(); job; job = queue.take()) await attempt(job)
    },
    stop(id, reason) {
      for (const attempt of runner.running) if (attempt.stored.id === id) attempt.stop(reason)
    },
  }
}

function sinkOf(job: MemoryJob, queue: MemoryQueue): JobSink {
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
    again: (delayMs = 0) => wait(delayMs, 'before'),
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
