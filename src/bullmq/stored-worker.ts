import { type JobJson, type JobScheduler, WaitingChildrenError, WaitingError, Worker, type WorkerOptions } from 'bullmq'
import type { Connection } from '../connection/connection.ts'
import { EncodedText } from './encoded-text.ts'
import { HandlerFailure } from './handler-failure.ts'
import { isLost } from './patient-backend.ts'
import type { HeldJob } from './reacquire-lock.ts'
import type { StoredBackend } from './stored-backend.ts'
import { StoredJob } from './stored-job.ts'
import { backendOn } from './stored-queue.ts'
import { type HasSealedTimes, StoredScheduler } from './stored-scheduler.ts'

export interface StoredWorkerOptions extends Omit<WorkerOptions, 'connection'> {
  process: (job: StoredJob, token: string) => Promise<EncodedText>
  /** Encodes a failure that came from BullMQ itself, such as a job that stalled too often. */
  encodeFailure: (job: StoredJob, error: Error) => Promise<string | undefined>
  /** Bytes of the longest text that the contract allows. */
  maxTextBytes: number
  /** Whether `process` decides on jobs that are marked to fail. Otherwise BullMQ fails them. */
  judgesMarks: boolean
  /** Whether a run's options may say when the next one is. Without it they may: see StoredScheduler. */
  hasSealedTimes?: HasSealedTimes | undefined
  /** Jobs are fetched only after this resolves; its rejection is reported elsewhere. */
  admitted: Promise<void>
}

/** The text by which BullMQ marks a job that stalled too often, so that it fails when it is taken next. */
export const stalledTooOften = 'job stalled more than allowable limit'

// Redis looks for timeouts ten times a second.
const lateMs = 250

/** A BullMQ worker that takes jobs as the texts that are stored, whatever state they are in. */
export class StoredWorker extends Worker<unknown, unknown, string, StoredBackend> {
  readonly #encodeFailure: StoredWorkerOptions['encodeFailure']
  readonly #judgesMarks: boolean
  readonly #hasSealedTimes: HasSealedTimes | undefined
  readonly #admitted: Promise<void>
  /** The jobs that are worked on, by their ids. */
  readonly #held = new Map<string, StoredJob>()
  #starting: Promise<void> | undefined
  #lastUntil = 0
  #mustLook = false
  #wide: number | undefined

  constructor(name: string, main: Connection, blocking: Connection, options: StoredWorkerOptions) {
    const { process, encodeFailure, judgesMarks, hasSealedTimes, admitted, maxTextBytes, ...rest } = options
    super(
      name,
      (job, token) => process(job as StoredJob, String(token)),
      { ...rest, autorun: false, connection: main.client },
      backendOn(main, { blocking, maxTextBytes }),
    )
    this.#encodeFailure = encodeFailure
    this.#judgesMarks = judgesMarks
    this.#hasSealedTimes = hasSealedTimes
    this.#admitted = admitted
    this.backend.patience = {
      held: (jobId) => this.#held.get(jobId),
      release: (jobId) => this.#release(jobId),
      renew: (job) => this.#renew(job),
      report: (error) => this.emit('error', error as Error),
      lockMs: this.opts.lockDuration ?? 30_000,
    }
    void this.run().catch((error) => this.emit('error', error))
  }

  // BullMQ's `resume` runs it too, maybe while the first run still waits.
  override run(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  async #start(): Promise<void> {
    const admitted = await this.#admitted.then(
      () => true,
      () => false,
    )
    if (admitted) await super.run()
  }

  override get jobScheduler(): Promise<JobScheduler<StoredBackend>> {
    if (!this._jobScheduler) {
      const scheduler = new StoredScheduler(this.name, this.opts, () => this.backend)
      scheduler.hasSealedTimes = this.#hasSealedTimes
      this._jobScheduler = scheduler
      this._jobScheduler.on('error', (error) => this.emit('error', error))
    }
    return Promise.resolve(this._jobScheduler)
  }

  /** For half a minute, this worker is the last to look for a job that is due: others of the queue can run what it cannot. */
  letOthersFirst(): void {
    this.#lastUntil = performance.now() + 30_000
  }

  // What told the worker that a job is there is gone, and the job is not taken: it looks again in place of waiting for another word.
  protected override async moveToActive(token: string, name?: string) {
    this.#mustLook = true
    const job = await super.moveToActive(token, name)
    this.#mustLook = false
    return job
  }

  protected override getBlockTimeout(blockUntil: number): number {
    // By Infinity BullMQ says that it could not wait for a word.
    const mustLook = this.#mustLook || blockUntil === Number.POSITIVE_INFINITY
    this.#mustLook = false
    if (mustLook) return 0
    // All who wait for a delayed job wake in the same millisecond, and it would be the same one that is first each time.
    const isLast = blockUntil > 0 && performance.now() < this.#lastUntil
    return super.getBlockTimeout(isLast ? blockUntil + lateMs : blockUntil)
  }

  /** Takes one job at a time, and none beside those that it has, until `widen`. */
  narrow(): void {
    this.#wide ??= this.concurrency
    this.concurrency = 1
  }

  widen(): void {
    // Somebody may have set another meanwhile.
    if (this.#wide !== undefined && this.concurrency === 1) this.concurrency = this.#wide
    this.#wide = undefined
  }

  #release(jobId: string): void {
    this.#held.delete(jobId)
    this.lockManager.untrackJob(jobId)
  }

  // BullMQ renews no lock from when a handler has ended.
  #renew({ id, token }: HeldJob): () => void {
    const jobId = String(id)
    const isTracked = this.lockManager.getTrackedJobIds().includes(jobId)
    // Long ago, so that it is renewed the next time.
    if (!isTracked) this.lockManager.trackJob(jobId, String(token), 1)
    return () => {
      if (!isTracked) this.lockManager.untrackJob(jobId)
    }
  }

  override async extendJobLocks(...given: Parameters<Worker['extendJobLocks']>): Promise<string[]> {
    const refused = await super.extendJobLocks(...given)
    if (refused.length === 0) return refused
    const holds = await Promise.all(refused.map((jobId) => this.backend.reacquireLock(jobId)))
    return refused.filter((_, at) => holds[at] === 'lost')
  }

  override async processJob(...given: Parameters<Worker<unknown, unknown, string>['processJob']>) {
    const [job] = given
    const id = String(job.id)
    if (!(job instanceof StoredJob)) return super.processJob(...given)
    this.#held.set(id, job)
    try {
      return await super.processJob(...given)
    } finally {
      if (this.#held.get(id) === job) this.#held.delete(id)
    }
  }

  /** A run of a schedule begins when the next one is added, which Redis may refuse for longer than a lock lasts. */
  protected override async nextJobFromJobData(json?: JobJson, jobId = '', token = '') {
    if (json?.repeatJobKey === undefined) return super.nextJobFromJobData(json, jobId, token)
    this.lockManager.trackJob(jobId, token, Date.now())
    const job = await super.nextJobFromJobData(json, jobId, token)
    if (!job) this.lockManager.untrackJob(jobId)
    return job
  }

  protected override createJob(json: JobJson, jobId: string): StoredJob {
    const data = new EncodedText(json.data)
    json.data = 'null'
    const job = StoredJob.fromJSON(this, json, jobId) as StoredJob
    job.data = data
    job.damage = this.backend.takeDamage(jobId)
    // Whoever processes the job decides on that by what it has counted.
    if (job.deferredFailure === stalledTooOften) job.deferredFailure = ''
    // BullMQ would fail the job with this text, whoever wrote it.
    if (this.#judgesMarks && job.deferredFailure) {
      job.deferred = job.deferredFailure
      job.deferredFailure = ''
    }
    return job
  }

  protected override async handleFailed(...args: Parameters<Worker<unknown, unknown, string>['handleFailed']>) {
    const [error, job, ...rest] = args
    // Told by then: BullMQ comes here with an end that it could not store, which is no failure of the job.
    if (isLost(error)) return super.handleFailed(new WaitingError(), job, ...rest)
    if (job instanceof StoredJob && !(error instanceof WaitingError || error instanceof WaitingChildrenError)) {
      job.failure = error instanceof HandlerFailure ? error.encoded : await this.#encodeFailure(job, error)
    }
    return super.handleFailed(...args)
  }
}
