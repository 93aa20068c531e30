import { BrineError } from '../errors.ts'
import type { Ended, Outcomes } from '../job/outcome.ts'
import { type Settle, waitFor } from '../job/wait-for.ts'
import type { MemoryQueue } from './memory-queue.ts'
import type { TestClock } from './test-clock.ts'

export interface MemoryOutcomes extends Outcomes {
  settle(jobId: string, ended: Ended): void
}

/** Follows the jobs of a memory queue to their end; who waits loses patience by the test's clock. */
export function createMemoryOutcomes(queue: () => MemoryQueue, clock: TestClock): MemoryOutcomes {
  const waiting = new Map<string, Set<Settle<Ended>>>()
  let closed = false

  return {
    begin() {},
    settle(jobId, ended) {
      for (const { resolve } of waiting.get(jobId) ?? []) resolve(ended)
    },
    wait({ id, name }, { timeoutMs, signal }) {
      if (closed) return Promise.reject(closedError(name))
      const ended = queue().ended(id) ?? (queue().get(id) ? undefined : ({ state: 'missing' } as const))
      if (ended && !signal?.aborted) return Promise.resolve(ended)
      return waitFor<Ended>({
        signal,
        whenLate: (reject) => clock.schedule(clock.now.getTime() + timeoutMs, () => reject(late(name, timeoutMs))),
        enter(settle) {
          const told = waiting.get(id) ?? new Set()
          waiting.set(id, told.add(settle))
          return () => void told.delete(settle)
        },
      })
    },
    close() {
      closed = true
      for (const told of waiting.values()) for (const { reject } of told) reject(closedError())
    },
  }
}

function closedError(job?: string): BrineError {
  return new BrineError('CLOSED', 'the producer is closed', { job })
}

function late(job: string, timeoutMs: number): BrineError {
  return new BrineError('RESULT_TIMEOUT', `no result came within ${timeoutMs} ms of the test's clock`, { job })
}
