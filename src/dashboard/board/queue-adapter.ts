import type {
  AppJobScheduler,
  JobCleanStatus,
  JobCounts,
  JobStatus,
  ObliterateOptions,
  QueueJob,
  QueueRateLimit,
  QueueWorker,
} from '@bull-board/api/typings/app'
import { readBoundedFields } from '../../bullmq/bounded-read.ts'
import { StoredJob } from '../../bullmq/stored-job.ts'
import { findJob } from '../../contract/contract.ts'
import { promoteJob, removeJob, retryJob } from '../../job/move-job.ts'
import type { MonitoredJob } from '../../monitor/monitored-job.ts'
import type { ListedState } from '../../monitor/queue-monitor.ts'
import type { CleanState } from '../../producer/control.ts'
import { templateIdOf } from '../../schedule/open-template.ts'
import { readSchedule } from '../../schedule/stored-schedules.ts'
import { presentJson } from '../present.ts'
import { BaseBoardAdapter, type BoardAdapterOptions, mostListed } from './base-board-adapter.ts'
import { openBoardFlows } from './board-flows.ts'
import { type BoardActions, BoardJob } from './board-job.ts'
import type { BoardQueue } from './board-queue.ts'
import { readStoredOptions, type StoredOptions } from './stored-options.ts'

const statuses: readonly JobStatus[] = [
  ...(['active', 'waiting', 'waiting-children', 'prioritized', 'completed', 'failed', 'delayed'] as const),
]

function openedBytes({ payload, result, progress }: MonitoredJob): number {
  let bytes = 0
  for (const part of [payload, result, progress]) if (part && !(part.unreadable && part.isUnopened)) bytes += part.bytes
  return bytes
}

// A page of the monitor's.
const mostJobs = 500
const mostLines = 1_000

/** A contract's queue on the board: what it lists is decoded, and what it adds goes through the contract. */
export class QueueAdapter extends BaseBoardAdapter {
  constructor(source: BoardQueue, options: BoardAdapterOptions) {
    super(source.contract.name, source, options)
  }

  override getJobStatuses(): JobStatus[] {
    return [...statuses]
  }

  override async getJobCounts(): Promise<JobCounts> {
    const { quarantined: _, ...counts } = await this.source.producer.control.counts()
    return { ...counts, paused: 0, latest: 0 } as JobCounts
  }

  override async getJobs(given: JobStatus[], start = 0, end = mostJobs - 1): Promise<BoardJob[]> {
    const count = Math.min(mostJobs, end - start + 1)
    const listed = given.filter((status) => statuses.includes(status)) as ListedState[]
    const found: MonitoredJob[] = []
    let left = mostListed
    for (const state of listed) {
      const { jobs } = await this.source.monitor.jobs(state, { start, count, maxBytes: Math.max(0, left) })
      for (const job of jobs) left -= openedBytes(job)
      found.push(...jobs)
    }
    const jobs = await this.#boardJobs(found, mostListed)
    // Of several states, what happened last stands first; of one, it is in the order in which they go.
    return given.length > 1 ? jobs.sort((one, other) => other.lastAt - one.lastAt) : jobs
  }

  override async getJob(id: string): Promise<BoardJob | undefined> {
    const job = await this.source.monitor.job(id)
    if (!job || job.quarantine) return undefined
    return (await this.#boardJobs([job]))[0]
  }

  protected override async addedJob(id: string): Promise<BoardJob | undefined> {
    return this.getJob(id)
  }

  protected override async textOf(id: string) {
    const { queue, connection } = this.source
    const { maxTextBytes } = queue.backend
    const [text] = await this.ask(() => readBoundedFields(connection.client, queue.toKey(id), ['data'], maxTextBytes))
    return typeof text !== 'string' ? undefined : { text, boundTo: id }
  }

  async #boardJobs(jobs: readonly MonitoredJob[], maxBytes?: number): Promise<BoardJob[]> {
    const { connection, queue } = this.source
    const ids = jobs.map(({ id }) => id)
    const stored = await this.ask(() => readStoredOptions(connection, queue, ids, maxBytes))
    return jobs.flatMap((job, at) => {
      const options = stored[at]
      return options ? [this.#boardJob(job, options)] : []
    })
  }

  #boardJob(job: MonitoredJob, stored: StoredOptions): BoardJob {
    const { contract } = this.source
    const { id } = job
    const state = job.state === 'missing' || job.state === 'quarantined' ? 'unknown' : job.state
    return new BoardJob({ contract, job, id, state, stored, actions: this.#actionsOf(job) })
  }

  #actionsOf({ id, storedName: name, state }: MonitoredJob): BoardActions {
    const { source } = this
    // Also a job that the contract does not have is there to be removed.
    const entry = findJob(source.contract, name) ?? { name, options: {} }
    const bare = () => new StoredJob(source.queue, name, null, {}, id)
    const reset = { resetAttemptsMade: true, resetAttemptsStarted: true }
    return {
      retry: () =>
        this.ask(() => retryJob(source, entry, id, { state: state === 'completed' ? state : 'failed', ...reset })),
      remove: () => this.ask(() => removeJob(source, entry, id)),
      promote: () => this.ask(() => promoteJob(source, entry, id)),
      changeDelay: (ms) => this.ask(() => bare().changeDelay(ms)),
      changePriority: (options) => this.ask(() => bare().changePriority(options)),
      removeUnprocessedChildren: () => this.ask(() => bare().removeUnprocessedChildren()),
      getDependenciesCount: () => this.ask(() => bare().getDependenciesCount()),
    }
  }

  override async parentOf(id: string) {
    const { connection, queue } = this.source
    const [stored] = await this.ask(() => readStoredOptions(connection, queue, [id]))
    return stored?.parent
  }

  override async holds(id: string): Promise<boolean> {
    const { connection, queue } = this.source
    return (await this.ask(() => connection.client.exists(queue.toKey(id)))) > 0
  }

  override async getJobLogs(id: string): Promise<string[]> {
    const { logs } = await this.ask(() => this.source.queue.getJobLogs(id, 0, mostLines - 1))
    return logs
  }

  override isPaused = () => this.source.producer.control.isPaused()
  override pause = () => this.source.producer.control.pause()
  override resume = () => this.source.producer.control.resume()
  override empty = () => this.source.producer.control.drain()
  override promoteAll = () => this.source.producer.control.promoteDelayed()
  override obliterate = ({ force = false }: ObliterateOptions = {}) =>
    this.source.producer.control.obliterate({ force })

  override async clean(status: JobCleanStatus, olderThanMs: number): Promise<void> {
    // Which states there are, it knows itself.
    await this.source.producer.control.clean(status as CleanState, { olderThanMs, limit: Number.MAX_SAFE_INTEGER })
  }

  override async retryFailed(): Promise<number> {
    const { control } = this.source.producer
    const { failed } = await control.counts()
    await control.retryFailed()
    return failed
  }

  override async getWorkers(): Promise<QueueWorker[] | null> {
    const { workers } = await this.source.monitor.workers()
    return workers.map(({ name, address, connectedSince }) => {
      const age = Math.round((Date.now() - connectedSince.getTime()) / 1_000)
      return { id: address, name: name ?? null, addr: address, age }
    })
  }

  override getGlobalConcurrency(): Promise<number | null> {
    return this.ask(() => this.source.queue.getGlobalConcurrency())
  }

  override async setGlobalConcurrency(jobs: number): Promise<void> {
    await this.source.producer.control.setConcurrency(jobs > 0 ? jobs : undefined)
  }

  override get supportsGlobalRateLimit(): boolean {
    return true
  }

  override getConfiguredRateLimit(): Promise<QueueRateLimit | null> {
    return this.ask(() => this.source.queue.getGlobalRateLimit())
  }

  override async setConfiguredRateLimit({ max, duration }: QueueRateLimit): Promise<void> {
    await this.source.producer.control.setRateLimit({ max, durationMs: duration })
  }

  override async removeConfiguredRateLimit(): Promise<void> {
    await this.source.producer.control.setRateLimit(undefined)
  }

  override async getActiveRateLimitTtl(): Promise<number> {
    return Math.max(0, await this.ask(() => this.source.queue.getRateLimitTtl()))
  }

  override async releaseActiveRateLimit(): Promise<void> {
    await this.ask(() => this.source.queue.removeRateLimitKey())
  }

  override async getArmedJobSchedulerId(job: QueueJob): Promise<string | null> {
    const { repeatJobKey: schedule } = job
    if (schedule === undefined) return null
    const stored = await this.ask(() => readSchedule(this.source.queue, schedule))
    return stored && `${templateIdOf(schedule)}:${stored.next}` === job.toJSON().id ? schedule : null
  }

  override getJobSchedulersCount(): Promise<number> {
    return this.ask(() => this.source.queue.getJobSchedulersCount())
  }

  override async getJobSchedulers(): Promise<Omit<AppJobScheduler, 'queueName'>[]> {
    const { contract, producer } = this.source
    return (await producer.schedules.list()).map(({ id, name, next, repeat, iterationCount, payload, error }) => {
      const { startDate, endDate, pattern, every, tz, limit } = repeat
      const data = error
        ? { unreadable: { code: error.code, message: error.message } }
        : presentJson(payload, { contract, job: name, part: 'payload', reveal: false })
      const dates = { startDate: startDate?.getTime(), endDate: endDate?.getTime() }
      const times = { pattern, every, tz, limit, ...dates, next: next.getTime(), iterationCount }
      return { id, name, ...times, template: { data } } as Omit<AppJobScheduler, 'queueName'>
    })
  }

  override removeJobScheduler(id: string): Promise<boolean> {
    return this.source.producer.schedules.remove(id)
  }

  override get supportsJobSchedulerRun(): boolean {
    return true
  }

  override async runJobSchedulerNow(id: string): Promise<QueueJob | 'not-found'> {
    const schedule = await this.ask(() => readSchedule(this.source.queue, id))
    if (!schedule) return 'not-found'
    const { fields } = schedule
    const added = await this.source.addAgain(fields['data'] ?? '', fields['name'] ?? '', templateIdOf(id), {})
    return (await this.getJob(added)) ?? 'not-found'
  }

  override async getFlowProducer(): Promise<unknown> {
    return openBoardFlows(this.source)
  }
}
