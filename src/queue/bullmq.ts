import {
  type BackendFactory,
  type IRedisTransaction,
  Job,
  type JobJson,
  type JobProgress,
  type KeepJobs,
  type MinimalJob,
  Queue,
  QueueEvents,
  type QueueEventsOptions,
  QueueKeys,
  type QueueOptions,
  type RedisClient,
  RedisConnection,
  RedisQueueBackend,
  WaitingChildrenError,
  WaitingError,
  Worker,
  type WorkerOptions,
} from 'bullmq'
import { takeTemplate } from './bullmq-template.ts'
import type { Connection } from './connection.ts'
import { corkForTurn } from './cork.ts'
import { HandlerFailure } from './handler-failure.ts'
import { type Damage, mendHash } from './mend-hash.ts'
import { StoredText } from './stored-text.ts'

/** The field of a failed job's hash that holds its encoded error; also the event that announces it. */
export const errorField = 'brine:error'

/** A BullMQ job whose data and result are texts that are written as they are. */
export class StoredJob extends Job<unknown, unknown, string> {
  damage: Damage | undefined
  /** The encoded error, once the job has failed. */
  failure: string | undefined
  returned: StoredText | undefined

  /** What a worker took it with. */
  get commands(): StoredBackend {
    if (this.backend instanceof StoredBackend) return this.backend
    throw new TypeError('the job was not taken by a worker')
  }

  override asJSON(): JobJson {
    const { data } = this
    if (!(data instanceof StoredText)) return super.asJSON()
    // BullMQ would parse and print the text again.
    this.data = null
    const json = super.asJSON()
    this.data = data
    json.data = data.text
    return json
  }

  override async moveToCompleted(returned: unknown, token: string, fetchNext?: boolean) {
    if (!(returned instanceof StoredText)) return super.moveToCompleted(returned, token, fetchNext)
    this.returned = returned
    const next = await super.moveToCompleted(undefined, token, fetchNext)
    this.returnvalue = returned
    return next
  }
}

/** BullMQ's commands, with our texts verbatim and errors beside failures, and proof against damaged hashes. */
export class StoredBackend extends RedisQueueBackend {
  readonly #damaged = new Map<string, Damage>()

  /** What was wrong with the job that was taken last under this id, once. */
  takeDamage(jobId: string): Damage | undefined {
    const damage = this.#damaged.get(jobId)
    if (damage) this.#damaged.delete(jobId)
    return damage
  }

  /** How a job ended, as it is stored: see outcome.ts. */
  async readOutcome(jobId: string): Promise<StoredOutcome> {
    const [status, value] = [await this.isFinished(jobId, true)].flat()
    if (status === 1) return { state: 'completed', text: String(value) }
    if (status === -1) return { state: 'missing' }
    if (status !== 2) return { state: 'pending' }
    const client = await this.queue.client
    const encoded = await client.hget(this.toKey(jobId), errorField)
    return { state: 'failed', reason: String(value), encoded: encoded ?? undefined }
  }

  override execCommand(client: RedisClient | IRedisTransaction, command: string, args: unknown[]): unknown {
    corkForTurn(client)
    const reply: unknown = super.execCommand(client, command, args)
    // The commands that may hand over the next job.
    const takes = command === 'moveToActive' || command === 'moveToFinished' || command === 'moveToDelayed'
    return takes && reply instanceof Promise ? reply.then((taken: unknown) => this.#mend(taken)) : reply
  }

  #mend(taken: unknown): unknown {
    if (!Array.isArray(taken) || !Array.isArray(taken[0])) return taken
    const damage = mendHash(taken[0])
    if (damage) this.#damaged.set(String(taken[1]), damage)
    return taken
  }

  override async updateProgress(jobId: string, progress: JobProgress | StoredText): Promise<void> {
    if (!(progress instanceof StoredText)) return super.updateProgress(jobId, progress)
    const client = await this.queue.client
    const keys = [this.toKey(jobId), this.keys['events'], this.keys['meta']]
    const code = await this.execCommand(client, 'updateProgress', [...keys, jobId, progress.text])
    if (typeof code === 'number' && code < 0) throw this.finishedErrors({ code, jobId, command: 'updateProgress' })
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
    const result = await this.moveToFinished(String(job.id), args)
    return { result, finishedOn: Number(args[this.moveToFinishedKeys.length + 1]) }
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
      if (job.failure !== undefined) {
        fields[errorField] = job.failure
        const { removeOnFail: ofWorker }: Partial<WorkerOptions> = this.queue.opts
        const vanishes = this.getKeepJobs(removeOnFail, ofWorker).count === 0
        if (vanishes) await this.#announce(String(job.id), job.failure)
      }
      Object.assign(fields, job.damage?.fields)
    }
    return super.moveToFailed(job, reason, removeOnFail, token, fetchNext, fields)
  }

  /** The error of a job whose hash will be gone when somebody reads of its failure. */
  async #announce(jobId: string, encoded: string): Promise<void> {
    const client = await this.queue.client
    await client.xadd(this.keys['events'] ?? '', '*', { event: errorField, jobId, [errorField]: encoded })
  }

  /** BullMQ looks at the answer of a lone root alone, and passes over what became of the others. */
  override async addFlow(entries: Parameters<RedisQueueBackend['addFlow']>[0]) {
    const replies = await super.addFlow(entries)
    for (const [index, [error, code]] of replies.entries()) {
      if (error) throw error
      if (typeof code !== 'number' || code >= 0) continue
      const { jobId = '', parentKeyOpts } = entries[index] ?? {}
      throw this.finishedErrors({ code, command: 'addFlow', jobId, parentKey: parentKeyOpts?.parentKey ?? '' })
    }
    return replies
  }

  override addJobScheduler(...given: Parameters<RedisQueueBackend['addJobScheduler']>) {
    const [id, nextMillis, printed, templateOptions, ...rest] = given
    const { text = printed, options } = takeTemplate(templateOptions)
    return super.addJobScheduler(id, nextMillis, text, options, ...rest)
  }

  /**
   * QueueEvents parses results and progress, and stops for ever at one that is no JSON. Wrapped as JSON strings they come
   * out of its parser as the texts that they are.
   */
  override async readEvents(id: string, blockTimeout: number) {
    const streams = await super.readEvents(id, blockTimeout)
    for (const [, fields] of streams?.[0]?.[1] ?? []) {
      for (let index = 0; index < fields.length; index += 2) {
        const name = fields[index]
        if (name === 'returnvalue' || name === 'data') fields[index + 1] = JSON.stringify(fields[index + 1])
      }
    }
    return streams
  }
}

/** How a job ended, before anything is decoded. */
export type StoredOutcome =
  | { state: 'pending' }
  | { state: 'missing' }
  | { state: 'completed'; text: string }
  | { state: 'failed'; reason: string; encoded: string | undefined }

/** BullMQ does not close these connections: it cannot while their server is away, and they may be the user's. */
export function backendOn(main: Connection, blocking?: Connection): BackendFactory<StoredBackend> {
  return (name, opts) => {
    const { prefix, skipVersionCheck }: Partial<QueueOptions> = opts
    const link = ({ client }: Connection, blocks: boolean) =>
      new RedisConnection(client, { shared: true, blocking: blocks, skipVersionCheck: skipVersionCheck === true })
    const keys = new QueueKeys(prefix)
    const toKey = (type: string) => keys.toKey(name, type)
    const reader = blocking && link(blocking, true)
    return new StoredBackend(link(main, false), name, keys.getKeys(name), toKey, opts, reader)
  }
}

/** A BullMQ queue that stores texts verbatim. */
export class StoredQueue extends Queue<unknown, unknown, string, unknown, unknown, string, StoredBackend> {
  constructor(name: string, connection: Connection, options: Omit<QueueOptions, 'connection'>) {
    super(name, { ...options, connection: connection.client }, backendOn(connection))
  }

  protected override get Job(): typeof Job {
    return StoredJob as typeof Job
  }
}

/** BullMQ's events of a queue, with results and progress as the texts that are stored. */
export class StoredEvents extends QueueEvents<string, StoredBackend> {
  constructor(name: string, connection: Connection, options: Omit<QueueEventsOptions, 'connection'>) {
    super(name, { ...options, connection: connection.client }, backendOn(connection))
  }
}

export interface StoredWorkerOptions extends Omit<WorkerOptions, 'connection'> {
  process: (job: StoredJob, token: string) => Promise<StoredText>
  /** Encodes a failure that came from BullMQ itself, such as a job that stalled too often. */
  encodeFailure: (job: StoredJob, error: Error) => string | undefined
}

/** A BullMQ worker that takes jobs as the texts that are stored, whatever state they are in. */
export class StoredWorker extends Worker<unknown, unknown, string, StoredBackend> {
  readonly #encodeFailure: StoredWorkerOptions['encodeFailure']

  constructor(name: string, main: Connection, blocking: Connection, options: StoredWorkerOptions) {
    const { process, encodeFailure, ...rest } = options
    super(
      name,
      (job, token) => process(job as StoredJob, String(token)),
      { ...rest, connection: main.client },
      backendOn(main, blocking),
    )
    this.#encodeFailure = encodeFailure
  }

  protected override createJob(json: JobJson, jobId: string): StoredJob {
    const data = new StoredText(json.data)
    json.data = 'null'
    const job = StoredJob.fromJSON(this, json, jobId) as StoredJob
    job.data = data
    job.damage = this.backend.takeDamage(jobId)
    return job
  }

  protected override handleFailed(...args: Parameters<Worker<unknown, unknown, string>['handleFailed']>) {
    const [error, job] = args
    if (job instanceof StoredJob && !(error instanceof WaitingError || error instanceof WaitingChildrenError)) {
      job.failure = error instanceof HandlerFailure ? error.encoded : this.#encodeFailure(job, error)
    }
    return super.handleFailed(...args)
  }
}
