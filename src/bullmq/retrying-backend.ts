import type { RedisQueueBackend } from 'bullmq'
import { errorField } from './job-fields.ts'
import { SchedulingBackend } from './scheduling-backend.ts'

/**
 * Keeps the error of an attempt after which another follows: should that be refused, its payload no longer being valid, the
 * error says why the job was retried at all.
 */
export class RetryingBackend extends SchedulingBackend {
  /** The encoded errors of jobs whose failures are being stored: BullMQ does not hand them on where another attempt follows. */
  readonly failing = new Map<string, string>()

  override moveToDelayed(...given: Parameters<RedisQueueBackend['moveToDelayed']>) {
    this.#keepFailure(given[0], given[4])
    return super.moveToDelayed(...given)
  }

  override retryJob(...given: Parameters<RedisQueueBackend['retryJob']>) {
    this.#keepFailure(given[0], given[3])
    return super.retryJob(...given)
  }

  #keepFailure(jobId: string, options: { fieldsToUpdate?: Record<string, unknown> } | undefined): void {
    if (options?.fieldsToUpdate) options.fieldsToUpdate[errorField] = this.failing.get(jobId) ?? ''
  }
}
