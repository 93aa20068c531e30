import { BaseAdapter } from '@bull-board/api/dist/queueAdapters/base.js'
import type {
  AppJobScheduler,
  JobStatus,
  QueueJob,
  QueueMetrics,
  QueueWorker,
  Status,
} from '@bull-board/api/typings/app'
import type { EnqueueOptions } from '../../contract/job-options.ts'
import { BrineError } from '../../errors.ts'
import { type BoardJob, duplicateOf } from './board-job.ts'
import { type BoardQueue, isUnchanged } from './board-queue.ts'
import type { StoredOptions } from './stored-options.ts'

export interface BoardAdapterOptions {
  displayName: string
  description: string
  /** Of who may only look on. */
  readOnlyMode: boolean
  /** Where a job's sensitive fields are shown, for who may see them. */
  revealUrl: ((id: string) => string) | undefined
}

/**
 * How many bytes of jobs a list decodes. Decoding and printing four MiB takes about a second of the process that serves everybody, and a
 * list shows only the beginning of each job. A job beyond that says so, and its own page decodes it.
 */
export const mostListed = 1024 * 1024

/**
 * What the adapters of queues and of quarantines share. They derive from Bull Board's own base, and not from its BullMQAdapter,
 * whose jobs are BullMQ's: all that it does with them reads, or writes, what is stored as if it were what is meant.
 */
export abstract class BaseBoardAdapter extends BaseAdapter {
  protected readonly source: BoardQueue
  readonly #name: string

  constructor(name: string, source: BoardQueue, { revealUrl, ...options }: BoardAdapterOptions) {
    super('bullmq', {
      ...options,
      ...(revealUrl && {
        externalJobUrl: ({ id }) => ({ displayText: 'Show sensitive fields', href: revealUrl(String(id)) }),
      }),
    })
    this.source = source
    this.#name = name
  }

  /** A stored payload, and what it was stored for. */
  protected abstract textOf(id: string): Promise<{ text: string; boundTo: string } | undefined>
  abstract override getJob(id: string): Promise<BoardJob | undefined>
  abstract override getJobs(statuses: JobStatus[], start?: number, end?: number): Promise<BoardJob[]>
  abstract override getJobStatuses(): JobStatus[]
  /** The parent that a job's options name. */
  abstract parentOf(id: string): Promise<StoredOptions['parent']>
  /** Whether there is a job that other jobs can have as their parent. */
  abstract holds(id: string): Promise<boolean>

  /** Asks Redis, and gives up in time. */
  protected ask<T>(question: () => Promise<T>): Promise<T> {
    return this.source.sender.send(question)
  }

  override getName(): string {
    return this.#name
  }

  override getStatuses(): Status[] {
    return ['latest', ...this.getJobStatuses()]
  }

  override async addJob(name: string, data: unknown, given: object): Promise<QueueJob> {
    const { [duplicateOf]: original, ...options } = (given ?? {}) as EnqueueOptions & { [duplicateOf]?: unknown }
    const id = await this.#enqueue(name, data, options, typeof original === 'string' ? original : undefined)
    const added = await this.addedJob(id)
    if (added) return added
    throw new BrineError('JOB_REMOVED', `the job was added as ${id}, and is gone already`, { job: name })
  }

  async #enqueue(name: string, data: unknown, options: EnqueueOptions, original: string | undefined): Promise<string> {
    const { source } = this
    const shown = original === undefined ? undefined : await this.getJob(original)
    if (!shown || original === undefined || shown.name !== name) return source.add(name, data, options)
    // What is displayed is not what was given: only whoever changed it means what they wrote.
    if (!shown.displays.some((one) => isUnchanged(data, one))) return source.add(name, data, options)
    const stored = await this.textOf(original)
    if (!stored) throw new BrineError('JOB_REMOVED', 'the job that is to be duplicated is gone', { job: name })
    return source.addAgain(stored.text, name, stored.boundTo, options)
  }

  /**
   * Lets all that failed run again, and gives how many. Bull Board would do so one by one, and stop at the first that it cannot. Throws
   * JOB_STATE_INVALID when all the others do, with those that do not.
   */
  abstract retryFailed(): Promise<number>

  /** A job that was just added to the queue. */
  protected abstract addedJob(id: string): Promise<BoardJob | undefined>

  override async getRedisInfo(): Promise<string | null> {
    const { client } = this.source.connection
    return this.ask(() => client.info())
  }

  async getMetrics(...given: Parameters<BaseAdapter['getMetrics']>): Promise<QueueMetrics> {
    return this.ask(() => this.source.queue.getMetrics(...given))
  }

  override async getWorkers(): Promise<QueueWorker[] | null> {
    return null
  }

  override async getJobSchedulers(): Promise<Omit<AppJobScheduler, 'queueName'>[]> {
    return []
  }

  override async getJobSchedulersCount(): Promise<number> {
    return 0
  }

  override async removeJobScheduler(_id: string): Promise<boolean> {
    return false
  }

  // A schedule stands in the contract, or in code: what were changed here would be changed back by the next deploy.
  override async updateJobScheduler(): Promise<'not-found'> {
    return 'not-found'
  }

  override async runJobSchedulerNow(_id: string): Promise<QueueJob | 'not-found'> {
    return 'not-found'
  }

  override async getGlobalConcurrency(): Promise<number | null> {
    return null
  }

  override async setGlobalConcurrency(_concurrency: number): Promise<void> {}

  // What Bull Board asks of adapters of its type when it draws flows.
  getQueueName(): string {
    return this.source.contract.name
  }

  getQueueQualifiedName(): string {
    return this.source.queue.qualifiedName
  }

  async getFlowProducer(): Promise<unknown> {
    return null
  }
}
