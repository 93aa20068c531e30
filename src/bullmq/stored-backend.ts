import type { JobProgress, KeepJobs, MinimalJob, RedisQueueBackend, WorkerOptions } from 'bullmq'
import { raw2NextJobData, WaitingError } from 'bullmq'
import { isPassing, isReply, isScriptError } from '../connection/redis-errors.ts'
import { insist } from '../connection/retry-refused.ts'
import { suffix } from '../contract/quarantine-name.ts'
import type { RefusedJob } from '../quarantine/quarantine-job.ts'
import { readBoundedJob } from './bounded-job.ts'
import { readBoundedValues } from './bounded-read.ts'
import { keepError } from './child-error.ts'
import { EncodedText } from './encoded-text.ts'
import { isOwnOutcome } from './is-own-outcome.ts'
import { cutField, errorField } from './job-fields.ts'
import { readEntry, type StoredEntry } from './quarantine-entry.ts'
import { isJson, repairQuarantineHash } from './repair-job-hash.ts'
import { StoredJob } from './stored-job.ts'
import { longestOptions } from './stored-options.ts'
import { readOutcomes, type StoredOutcome } from './stored-outcome.ts'
import { TakingBackend } from './taking-backend.ts'
import { wrapTexts } from './wrap-event-texts.ts'

/** BullMQ's commands, with our texts verbatim and errors beside failures, and proof against damaged hashes. */
export class StoredBackend extends TakingBackend {
  /** How some jobs ended, as it is stored: see stored-outcome.ts. */
  readOutcomes(jobIds: readonly string[]): Promise<(StoredOutcome | undefined)[]> {
    return readOutcomes(this, jobIds)
  }

  /**
   * As BullMQ reads a job for a listing, whatever became of its hash: one that cannot be parsed would blank the whole page.
   * Of data that is no JSON the text stands there as it is.
   */
  override async getJobData(jobId: string) {
    const client = await this.queue.client
    const hash = await readBoundedJob(client, this.toKey(jobId), this.maxTextBytes)
    const isRead = String(hash['opts'] ?? '').length <= longestOptions && hash[cutField] === undefined
    const json = await this.#readAs(isRead ? hash : repairQuarantineHash(hash), jobId).catch((error: unknown) => {
      // Told by BullMQ's own reading of it.
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
      return this.#readAs(repairQuarantineHash(hash), jobId)
    })
    if (json && !isJson(json.data)) json.data = JSON.stringify(json.data)
    return json
  }

  async #readAs(hash: Record<string, string>, jobId: string): ReturnType<RedisQueueBackend['getJobData']> {
    const queue = { toKey: this.queue.toKey, client: { hgetall: async () => hash } }
    const reader: this = Object.create(this, { queue: { value: queue } })
    return super.getJobData.call(reader, jobId)
  }

  /** Of another queue, such as a flow has: proof against damaged hashes as this one is. */
  override forQueue(name: string, prefix = this.redisPrefix): StoredBackend {
    const sibling = super.forQueue(name, prefix)
    const toKey = (type: string) => sibling.toKey(type)
    const opts = { ...this.queue.opts, prefix }
    const other = new StoredBackend(this.connection, name, sibling.keys, toKey, opts, this.blockingConnection, false)
    other.maxTextBytes = this.maxTextBytes
    other.clock = this.clock
    return other
  }

  /** What is stored of an entry of the quarantine. */
  async readQuarantined(entry: string): Promise<StoredEntry | undefined> {
    return readEntry(await this.queue.client, `${this.qualifiedName}${suffix}:${entry}`, this.maxTextBytes)
  }

  /** A schedule as it is stored, and the time of its next run; null for none. */
  override async getJobScheduler(id: string): Promise<[string[] | null, string | null]> {
    const client = await this.queue.client
    const next = await client.zscore(String(this.keys['repeat']), id)
    return next === null ? [null, null] : [(await this.#readScheduler(id)).flat(), String(next)]
  }

  override async getJobSchedulerData(id: string): Promise<Record<string, string>> {
    return Object.fromEntries(await this.#readScheduler(id))
  }

  async #readScheduler(id: string): Promise<[string, string][]> {
    return readBoundedValues(await this.queue.client, this.toKey(`repeat:${id}`), this.maxTextBytes)
  }

  async countQuarantined(): Promise<number> {
    const counts = await this.forQueue(this.name + suffix).getCounts(['failed', 'wait'])
    return counts.reduce((sum, count) => sum + Number(count), 0)
  }

  /** The next job, when BullMQ's script broke off at it after it had ended the one before. Throws `error` when it did not. */
  async #nextAfter(error: unknown, { id }: { id?: string }, token: string) {
    if (!isReply(error) || !(await this.unreadableJobs?.taken(token, id))) throw error
    return this.#goOn(token, true)
  }

  async #goOn(token: string, fetchNext: boolean) {
    const { name }: Partial<WorkerOptions> = this.queue.opts
    // The answer that was lost may have been the next job.
    await this.requeueOrphanedJob(token)
    return { result: fetchNext ? await this.moveToActive(token, name) : [], finishedOn: Date.now() }
  }

  /** Keeps a job whose end BullMQ's script broke off at, and says whether it did. */
  async #keepUnended(error: unknown, job: RefusedJob, token: string): Promise<boolean> {
    return isScriptError(error) && (await this.unreadableJobs?.unended(job, token)) === true
  }

  override async updateProgress(jobId: string, progress: JobProgress | EncodedText): Promise<void> {
    if (!(progress instanceof EncodedText)) return super.updateProgress(jobId, progress)
    const client = await this.queue.client
    const keys = [this.toKey(jobId), this.keys['events'], this.keys['meta']]
    const code = await this.insist(async () =>
      this.execCommand(client, 'updateProgress', [...keys, jobId, progress.text]),
    )
    if (typeof code === 'number' && code < 0) throw this.finishedErrors({ code, jobId, command: 'updateProgress' })
  }

  override moveToFinished(jobId: string, args: (string | number | boolean | Buffer)[]) {
    return this.settle<unknown[]>(jobId, [], () => this.#finish(jobId, args))
  }

  async #finish(jobId: string, args: (string | number | boolean | Buffer)[]): Promise<unknown[]> {
    const reply = await this.callScript('moveToFinished', args)
    if (typeof reply !== 'number' || reply >= 0)
      return Array.isArray(reply) ? raw2NextJobData(this.repairTaken(reply)) : []
    throw this.finishedErrors({ code: reply, jobId, command: 'moveToFinished', state: 'active' })
  }

  override async moveToCompleted<T, R, N extends string>(
    job: MinimalJob<T, R, N>,
    value: R,
    removeOnComplete: boolean | number | KeepJobs,
    token: string,
    fetchNext: boolean,
  ) {
    const returned = job instanceof StoredJob ? job.returned : undefined
    if (!returned) return super.moveToCompleted(job, value, removeOnComplete, token, fetchNext)
    const args = this.moveToCompletedArgs<unknown, unknown, string>(
      job,
      returned.text,
      removeOnComplete,
      token,
      fetchNext,
    )
    try {
      const result = await this.moveToFinished(String(job.id), args)
      return { result, finishedOn: Number(args[this.moveToFinishedKeys.length + 1]) }
    } catch (error) {
      const own = { state: 'completed', text: returned.text } as const
      if (await isOwnOutcome(this, error, String(job.id), own)) return this.#goOn(token, fetchNext)
      // By it BullMQ is told that it has nothing left to do for the job.
      if (await this.#keepUnended(error, job, token)) throw new WaitingError()
      return this.#nextAfter(error, job, token)
    }
  }

  override async moveToFailed<T, R, N extends string>(
    job: MinimalJob<T, R, N>,
    reason: string,
    removeOnFail: boolean | number | KeepJobs,
    token: string,
    fetchNext: boolean,
    fields: Record<string, unknown> = {},
  ) {
    if (job instanceof StoredJob) {
      // Also where it is too large to be stored: the error of an earlier attempt would be taken for it.
      if (job.attemptsMade > 0) fields[errorField] = ''
      if (job.failure !== undefined) {
        fields[errorField] = job.failure
        const { removeOnFail: ofWorker }: Partial<WorkerOptions> = this.queue.opts
        const vanishes = this.getKeepJobs(removeOnFail, ofWorker).count === 0
        if (vanishes) await this.insist(() => this.#keepOfVanishing(job), job)
      }
      Object.assign(fields, job.damage?.fields)
    }
    try {
      return await super.moveToFailed(job, reason, removeOnFail, token, fetchNext, fields)
    } catch (error) {
      const text = job instanceof StoredJob ? job.failure : undefined
      const isOwn = text !== undefined && (await isOwnOutcome(this, error, String(job.id), { state: 'failed', text }))
      if (isOwn || (await this.#keepUnended(error, job, token))) return this.#goOn(token, fetchNext)
      return this.#nextAfter(error, job, token)
    }
  }

  /** Keeps the error of a job whose hash will be gone when somebody reads of its failure. */
  async #keepOfVanishing({ id, name, failure: encoded = '', parentKey }: StoredJob): Promise<void> {
    const jobId = String(id)
    const client = await this.queue.client
    await client.xadd(this.keys['events'] ?? '', '*', { event: errorField, jobId, [errorField]: encoded })
    if (parentKey !== undefined) await keepError(this, parentKey, this.toKey(jobId), { name, encoded })
  }

  override async readEvents(id: string, blockTimeout: number) {
    // BullMQ looks again five seconds after any error, and somebody may wait for a result.
    const passes = (error: unknown) => !this.closing && isPassing(error)
    const streams = await insist(() => super.readEvents(id, blockTimeout), { passes })
    for (const [, fields] of streams?.[0]?.[1] ?? []) wrapTexts(fields, this.maxTextBytes)
    return streams
  }
}
