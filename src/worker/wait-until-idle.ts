import type { JobType } from 'bullmq'
import type { StoredWorker } from '../bullmq/stored-worker.ts'
import { BrineError } from '../errors.ts'

/** What `worker.waitUntilIdle` waits for, and until when. */
export interface IdleOptions {
  /** Wait for delayed jobs too, and for parents that wait for their children. Default false. */
  delayed?: boolean | undefined
  /** Ends the waiting early, with the signal's reason. */
  signal?: AbortSignal | undefined
}

// Other workers tell nothing of what they finish.
const askAgainMs = 500
const now: JobType[] = ['wait', 'prioritized', 'active']
const later: JobType[] = ['delayed', 'waiting-children']

/** Resolves when a queue has nothing left to do, here or in other workers. See `QueueWorker.waitUntilIdle`. */
export function waitUntilIdle(worker: StoredWorker, { delayed = false, signal }: IdleOptions = {}): Promise<void> {
  const lists = delayed ? [...now, ...later] : now
  return new Promise((resolve, reject) => {
    let asking = false
    const end = (settle: () => void) => {
      clearInterval(timer)
      worker.off('drained', look).off('closing', onClosing)
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    const look = () => {
      if (asking) return
      asking = true
      worker.backend
        .getCounts(lists)
        .then((counts) => {
          if (counts.every((count) => Number(count) === 0)) end(resolve)
        })
        // When Redis is away the next look tells.
        .catch(() => {})
        .finally(() => {
          asking = false
        })
    }
    const onAbort = () => end(() => reject(signal?.reason))
    const onClosing = () => {
      end(() => reject(new BrineError('WORKER_CLOSED', 'the worker was closed before the queue was idle')))
    }
    const timer = setInterval(look, askAgainMs)
    worker.on('drained', look).on('closing', onClosing)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
    else if (worker.closing) onClosing()
    else look()
  })
}
