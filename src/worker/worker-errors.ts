import type { StoredWorker } from '../bullmq/stored-worker.ts'
import type { Connection } from '../connection/connection.ts'
import { isReply, refused } from '../connection/redis-errors.ts'
import { BrineError } from '../errors.ts'
import { isError } from '../realm/is-error.ts'
import { createRepeatedErrors } from './repeated-errors.ts'
import type { Runner } from './run-job.ts'
import type { WorkerTrouble } from './worker-event.ts'

export interface WorkerErrors {
  /** Told beside the user's hook. */
  tell: ((event: WorkerTrouble) => void) | undefined
  report(error: unknown): void
  /** Hears of what goes wrong in a worker, and aborts the jobs whose locks are lost. */
  listen(worker: StoredWorker, connection: Connection, runner: Runner): void
  /** Ends the counting of repeated errors. */
  close(): void
}

/** Where errors go that belong to no job: to the user's hook, or to stderr. */
export function reportErrors(queue: string, onError: ((error: Error) => void) | undefined): WorkerErrors {
  let last: string | undefined
  const print = (error: Error) => {
    // Each attempt to connect fails in the same words.
    if (error.message === last) return
    last = error.message
    console.error(`brinemq worker of '${queue}': ${error.message}`)
  }
  const tell = onError ?? print
  const repeated = createRepeatedErrors((error) => {
    tell(error)
    errors.tell?.({ type: 'error', queue, error })
  })
  const errors: WorkerErrors = {
    tell: undefined,
    close: repeated.close,
    report(given) {
      const error = isError(given) ? given : new Error(String(given))
      repeated.report(isReply(error) ? refused(error) : error)
    },
    listen(worker, connection, runner) {
      worker.on('ready', () => {
        last = undefined
      })
      worker.on('error', (error) => {
        if (renewal.test(error.message)) return
        report(describe(error, connection))
      })
      worker.on('lockRenewalFailed', (jobIds) => {
        const lost = new Set(jobIds)
        for (const attempt of runner.running) {
          if (lost.has(String(attempt.stored.id)))
            attempt.abort(lockLost(`the lock of job ${attempt.stored.id} is lost`))
        }
        for (const id of jobIds) report(lockLost(`the lock of job ${id} is lost`))
      })
    },
  }
  const { report } = errors
  return errors
}

// Told again as LOCK_LOST.
const renewal = /^could not renew lock/
const missingLock: ReadonlySet<unknown> = new Set([-2, -6])

function describe(error: Error, connection: Connection): Error {
  const code: unknown = Reflect.get(error, 'code')
  if (missingLock.has(code)) return lockLost(error.message, error)
  const unreachable = typeof code === 'string' && /^E[A-Z]+$/.test(code)
  return unreachable ? connection.unreachable('no Redis answers') : error
}

function lockLost(what: string, cause?: Error): BrineError {
  return new BrineError(
    'LOCK_LOST',
    `${what}: another worker may have taken the job, and what came of it here is not stored; raise lockDuration when the process is too busy to renew it`,
    { cause },
  )
}
