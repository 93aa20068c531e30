import { type InspectOptions, inspect } from 'node:util'
import { Job, type JobJson, type KeepJobs, type QueueBaseOptions } from 'bullmq'
import { describeStored } from './describe-stored.ts'
import { EncodedText } from './encoded-text.ts'
import type { Damage } from './repair-job-hash.ts'
import { StoredBackend } from './stored-backend.ts'

/** A BullMQ job whose data and result are texts that are written as they are. */
export class StoredJob extends Job<unknown, unknown, string> {
  damage: Damage | undefined
  /** The text that the job is marked to fail with, if the worker decides on it and not BullMQ. */
  deferred: string | undefined
  /** The encoded error, once the job has failed. */
  failure: string | undefined
  returned: EncodedText | undefined
  #json: JobJson | undefined

  /** What a worker took it with. */
  get commands(): StoredBackend {
    if (this.backend instanceof StoredBackend) return this.backend
    throw new TypeError('the job was not taken by a worker')
  }

  /** Whether there was a job of its id when it was added, and nothing came of it. */
  get existed(): boolean {
    return this.#json !== undefined && this.backend instanceof StoredBackend && this.backend.existed(this.#json)
  }

  /** For `console.log`: what the job is, and how large what it carries. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `Job ${inspect(describeStored(this), options)}`
  }

  override asJSON(): JobJson {
    const { data } = this
    if (!(data instanceof EncodedText)) return super.asJSON()
    // BullMQ would parse and print the text again.
    this.data = null
    const json = super.asJSON()
    this.data = data
    json.data = data.text
    this.#json = json
    return json
  }

  override async moveToFailed(...given: Parameters<Job['moveToFailed']>) {
    const { backend, failure } = this
    if (!(backend instanceof StoredBackend) || failure === undefined) return super.moveToFailed(...given)
    const id = String(this.id)
    backend.failing.set(id, failure)
    try {
      return await super.moveToFailed(...given)
    } finally {
      backend.failing.delete(id)
    }
  }

  override async moveToCompleted(returned: unknown, token: string, fetchNext = true) {
    if (!(returned instanceof EncodedText)) return super.moveToCompleted(returned, token, fetchNext)
    this.returned = returned
    const { telemetry }: Partial<QueueBaseOptions> = this.queue.opts
    if (telemetry || !(this.backend instanceof StoredBackend)) {
      const next = await super.moveToCompleted(undefined, token, fetchNext)
      this.returnvalue = returned
      return next
    }
    // BullMQ's way is longer by the span and by the printing of the value. Its types do not say that what to keep may be
    // undefined, which is for the worker's own options to decide.
    const keep = this.opts.removeOnComplete as KeepJobs
    const { result, finishedOn } = await this.backend.moveToCompleted(this, undefined, keep, token, fetchNext)
    this.returnvalue = returned
    this.finishedOn = finishedOn
    this.attemptsMade += 1
    return result
  }
}
