import { BrineError } from '../errors.ts'
import type { Ended, Outcomes } from '../queue/job/outcome.ts'
import type { MemoryQueue } from './memory-queue.ts'
import type { TestClock } from './test-clock.ts'

export interface MemoryOutcomes extends Outcomes {
  settle(jobId: string, ended: Ended): void
}

/** Follows the jobs of a memory queue to their end; who waits loses patience by the test's clock. */
export function createMemoryOutcomes(queue: () => MemoryQueue, clock: TestClock): MemoryOutcomes {
  const waiting = new Map<string, Set<(ended: Ended | BrineError) => void>>()
  let closed = false

  return {
    begin() {},
    settle(jobId, ended) {
      for (const tell of waiting.get(jobId) ?? []) tell(ended)
    },
    wait({ id, name }, { timeoutMs, signal }) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(closedError(name))
        if (signal?.aborted) return reject(signal.reason)
        const ended = queue().ended(id) ?? (queue().get(id) ? undefined : ({ state: 'missing' } as const))
        if (ended) return resolve(ended)
        const tell = (told: Ended | BrineError) => {
          done()
          if (told instanceof BrineError) reject(told)
          else resolve(told)
        }
        const onAbort = () => {
          done()
          reject(signal?.reason)
        }
        const callOff = clock.schedule(clock.now.getTime() + timeoutMs, () => tell(late(name, timeoutMs)))
        const done = () => {
          callOff()
          signal?.removeEventListener('abort', onAbort)
          waiting.get(id)?.delete(tell)
        }
        signal?.addEventListener('abort', onAbort)
        const told = waiting.get(id) ?? new Set()
        waiting.set(id, told.add(tell))
      })
    },
    close() {
      closed = true
      for (const told of waiting.values()) for (const tell of told) tell(closedError())
    },
  }
}

function closedError(job?: string): BrineError {
  return new BrineError('CLOSED', 'the producer is closed', { job })
}

function late(job: string, timeoutMs: number): BrineError {
  return new BrineError('RESULT_TIMEOUT', `no result came within ${timeoutMs} ms of the test's clock`, { job })
}
