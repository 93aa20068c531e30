import type { JobProgress, RedisQueueBackend } from 'bullmq'
import { ErrorCode } from 'bullmq'
import { isPassing } from '../connection/redis-errors.ts'
import { insist } from '../connection/retry-refused.ts'
import { findOrphanedJob } from './find-orphaned-job.ts'
import { type HeldJob, type Hold, reacquireLock } from './reacquire-lock.ts'
import { RetryingBackend } from './retrying-backend.ts'

/** What a worker does for its jobs while Redis refuses to store what became of them. */
export interface Patience {
  /** The job of this id that the worker works on. */
  held(jobId: string): HeldJob | undefined
  /** It works on the job no more. */
  release(jobId: string): void
  /** Renews the job's lock, and gives what ends that. */
  renew(job: HeldJob): () => void
  report(error: unknown): void
  /** How long a lock lasts, in milliseconds. */
  readonly lockMs: number
}

// The lock is missing, or the job is not among the active ones.
const notHeld: ReadonlySet<unknown> = new Set([ErrorCode.JobLockNotExist, ErrorCode.JobNotInState])

const lost: ReadonlySet<unknown> = new Set([ErrorCode.JobNotExist, ErrorCode.JobLockMismatch, ...notHeld])

function isNotHeld(error: unknown): boolean {
  return error instanceof Error && notHeld.has(Reflect.get(error, 'code'))
}

/** Whether a job's end is not stored since the job is another worker's, has ended, or is gone. */
export function isLost(error: unknown): boolean {
  return error instanceof Error && lost.has(Reflect.get(error, 'code'))
}

/**
 * Of a worker: what becomes of its jobs is stored although Redis refuses it for a while, and although it comes late. BullMQ takes a refusal
 * for the failure of a job whose handler has returned.
 */
export class PatientBackend extends RetryingBackend {
  /** None where no job is worked on. */
  patience: Patience | undefined
  #unsettled = 0

  /** How many commands wait for a Redis that refuses them. */
  get unsettled(): number {
    return this.#unsettled
  }

  /** Sends a command again for as long as Redis refuses it for a reason that passes. Meanwhile the job's lock is renewed. */
  async insist<T>(command: () => Promise<T>, job?: HeldJob): Promise<T> {
    try {
      return await command()
    } catch (error) {
      if (!this.patience || !isPassing(error)) throw error
      return this.#sendAgain(this.patience, command, error, job)
    }
  }

  async #sendAgain<T>({ renew, report }: Patience, command: () => Promise<T>, refusal: unknown, job?: HeldJob) {
    const end = job && renew(job)
    this.#unsettled += 1
    let isFirst = true
    // The first sending was refused before.
    const first = () => {
      if (!isFirst) return command()
      isFirst = false
      return Promise.reject(refusal)
    }
    try {
      // Until the worker is closed, whose connection may be the user's, and stay.
      return await insist(first, { report, passes: (error) => this.patience !== undefined && isPassing(error) })
    } finally {
      this.#unsettled -= 1
      end?.()
    }
  }

  /**
   * Stores what became of a job. One whose lock has run out is still the worker's until another takes it: its end is late, and not lost.
   * `own` is the answer to a command that was done before, and whose first answer was lost.
   */
  protected settle<T>(jobId: string, own: T, command: () => Promise<T>): Promise<T> {
    const job = this.patience?.held(jobId)
    return job ? command().catch((error: unknown) => this.#settleLate(job, own, command, error)) : command()
  }

  async #settleLate<T>(job: HeldJob, own: T, command: () => Promise<T>, refusal: unknown): Promise<T> {
    let error = refusal
    if (this.patience && isPassing(refusal)) {
      try {
        return await this.#sendAgain(this.patience, command, refusal, job)
      } catch (last) {
        error = last
      }
    }
    if (!isNotHeld(error)) throw error
    const held = this.reacquireLock(String(job.id))
    await this.client
    // Right behind the other: in a process that is kept busy, the lock may be gone again before the answer is read.
    const again = command()
    again.catch(() => {})
    const hold = await held
    if (hold === 'lost') throw error
    if (hold === 'done') await this.requeueOrphanedJob(String(job.token))
    return hold === 'done' ? own : again.catch((last: unknown) => this.#settleLate(job, own, command, last))
  }

  /** Takes back a job whose lock has run out, unless another has taken it. */
  async reacquireLock(jobId: string): Promise<Hold> {
    const { patience } = this
    const job = patience?.held(jobId)
    return patience && job ? this.insist(() => reacquireLock(this, job, patience.lockMs)) : 'lost'
  }

  /**
   * Puts back the job that was taken under `token`, beside `known`, by a command whose answer was lost. Nobody would know of it before its lock
   * runs out.
   */
  async requeueOrphanedJob(token: string, known?: string): Promise<void> {
    try {
      const id = await this.insist(() => findOrphanedJob(this, token, known))
      if (id !== undefined) await this.insist(() => super.moveJobFromActiveToWait(id, token))
    } catch (error) {
      this.patience?.report(error)
    }
  }

  override moveToDelayed(...given: Parameters<RedisQueueBackend['moveToDelayed']>) {
    return this.settle(given[0], undefined, () => super.moveToDelayed(...given))
  }

  override retryJob(...given: Parameters<RedisQueueBackend['retryJob']>) {
    return this.settle(given[0], undefined, () => super.retryJob(...given))
  }

  override moveToWaitingChildren(...given: Parameters<RedisQueueBackend['moveToWaitingChildren']>) {
    return this.settle(given[0], true, () => super.moveToWaitingChildren(...given))
  }

  override moveJobFromActiveToWait(...given: Parameters<RedisQueueBackend['moveJobFromActiveToWait']>) {
    // From here on it is anybody's. Where its lock has run out, the check for stalled jobs does the same.
    this.patience?.release(given[0])
    return this.insist(() => super.moveJobFromActiveToWait(...given))
  }

  override updateProgress(jobId: string, progress: JobProgress) {
    return this.insist(() => super.updateProgress(jobId, progress))
  }

  override addLog(...given: Parameters<RedisQueueBackend['addLog']>) {
    return this.insist(() => super.addLog(...given))
  }
}
