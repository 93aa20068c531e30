import { EventEmitter } from 'node:events'
import {
  type IQueueBackend,
  type JobProgress,
  type MinimalJob,
  type MinimalQueue,
  QueueKeys,
  type WorkerOptions,
} from 'bullmq'
import type { QueueContract } from '../contract/contract.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import { BrineError } from '../errors.ts'
import { isError } from '../realm/is-error.ts'
import { EncodedText } from './encoded-text.ts'
import { HandlerFailure } from './handler-failure.ts'
import { StoredJob } from './stored-job.ts'

/** A job that is held in memory, as its attempts need to know it. */
export interface JobInMemory {
  readonly id: string
  readonly name: string
  readonly text: string
  readonly options: EnqueueOptions
  readonly timestamp: number
  readonly attemptsMade: number
  readonly attemptsStarted: number
}

/** Where what becomes of a job in memory goes: what BullMQ would do to it in Redis. */
export interface JobSink {
  progress(text: string): void
  /** Gives the number of lines so far. */
  log(line: string, keep: number | undefined): number
  /** The attempt counts, and another follows after so long. */
  retry(delayMs: number, lifo: boolean): void
  /** The attempt does not count, and another follows after so long; at once and before all others when that is undefined. */
  again(delayMs?: number): void
  /** The job waits for its children; false when there is none to wait for. */
  waitForChildren(): boolean
  complete(text: string): void
  fail(reason: string, encoded: string | undefined): void
}

/** The keys of a queue, which no job may have as its id. */
export function queueKeys({ name, prefix }: QueueContract): Record<string, string> {
  return new QueueKeys(prefix).getKeys(name)
}

/** A BullMQ job without a Redis: BullMQ itself counts its attempts and works out its backoff, and `sink` is told. */
export function jobInMemory(
  contract: QueueContract,
  job: JobInMemory,
  sink: JobSink,
  settings?: WorkerOptions['settings'],
): StoredJob {
  const queue = new MemoryQueue(contract, backendOn(sink), settings)
  const stored = new StoredJob(queue, job.name, new EncodedText(job.text), { ...job.options }, job.id)
  stored.timestamp = job.timestamp
  stored.attemptsMade = job.attemptsMade
  stored.attemptsStarted = job.attemptsStarted
  return stored
}

/** Whether an attempt completed or failed, and with what. */
export interface SettledInMemory {
  settled: boolean
  error?: Error
}

/** Runs an attempt, and does with what comes of it what BullMQ's worker would do. */
export async function settleInMemory(job: StoredJob, run: () => Promise<EncodedText>): Promise<SettledInMemory> {
  let returned: EncodedText
  try {
    returned = await run()
  } catch (error) {
    // By these it is told that the job has been put elsewhere.
    if (isError(error) && elsewhere.has(error.name)) return { settled: false }
    if (error instanceof HandlerFailure) job.failure = error.encoded
    const failure = isError(error) ? error : new Error(String(error))
    await job.moveToFailed(failure, token)
    return { settled: true, error: failure }
  }
  await job.moveToCompleted(returned, token, false)
  return { settled: true }
}

const token = 'memory'
const elsewhere: ReadonlySet<string> = new Set(['DelayedError', 'WaitingError', 'WaitingChildrenError'])

/** What BullMQ itself would refuse of a job's options. Throws OPTIONS_INVALID. */
export function checkAsBullMQ(job: StoredJob): void {
  try {
    job.toFlowEntry()
  } catch (error) {
    const remedy = error instanceof Error ? error.message : String(error)
    throw new BrineError('OPTIONS_INVALID', remedy, { job: job.name, cause: error })
  }
}

class MemoryQueue extends EventEmitter implements MinimalQueue {
  readonly name: string
  readonly qualifiedName: string
  readonly keys: Record<string, string>
  readonly opts: WorkerOptions
  readonly backend: IQueueBackend
  readonly closing = undefined

  constructor(contract: QueueContract, backend: IQueueBackend, settings: WorkerOptions['settings']) {
    super()
    const keys = new QueueKeys(contract.prefix)
    this.name = contract.name
    this.qualifiedName = keys.getQueueQualifiedName(contract.name)
    this.keys = queueKeys(contract)
    this.opts = { connection: {}, ...(settings && { settings }) }
    this.backend = backend
  }

  toKey(type: string): string {
    return `${this.qualifiedName}:${type}`
  }

  async waitUntilReady(): Promise<void> {}

  async trace<T>(_kind: unknown, _operation: string, _destination: string, callback: () => Promise<T> | T): Promise<T> {
    return callback()
  }
}

function backendOn(sink: JobSink): IQueueBackend {
  const known: Partial<IQueueBackend> = {
    async updateProgress(_id, progress: JobProgress | EncodedText) {
      if (progress instanceof EncodedText) sink.progress(progress.text)
    },
    addLog: async (_id, line, keep) => sink.log(line, keep),
    async moveToDelayed(_id, _now, delay, _token, { skipAttempt = false } = {}) {
      if (skipAttempt) sink.again(delay)
      else sink.retry(delay, false)
    },
    retryJob: async (_id, lifo) => sink.retry(0, lifo === true),
    moveToWaitingChildren: async () => sink.waitForChildren(),
    async moveJobFromActiveToWait() {
      sink.again()
      return 0
    },
    async moveToCompleted<T, R, N extends string>(job: MinimalJob<T, R, N>) {
      sink.complete(job instanceof StoredJob && job.returned ? job.returned.text : 'null')
      return { result: [], finishedOn: job.timestamp }
    },
    async moveToFailed<T, R, N extends string>(job: MinimalJob<T, R, N>, reason: string) {
      sink.fail(reason, job instanceof StoredJob ? job.failure : undefined)
      return { result: [], finishedOn: job.timestamp }
    },
  }
  return new Proxy(known, {
    get(target, name) {
      if (Object.hasOwn(target, name)) return Reflect.get(target, name)
      throw new BrineError('OPTIONS_INVALID', `${String(name)} needs a Redis: test this with useEmbedded()`)
    },
  }) as IQueueBackend
}
