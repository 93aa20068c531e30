import type { JobState, QueueJob, QueueJobJson } from '@bull-board/api/typings/app'
import type { QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { describeUnreadable, givenValue } from '../../monitor/describe-reading.ts'
import type { MonitoredJob, Reading } from '../../monitor/monitored-job.ts'
import { presentJson, presentText } from '../present.ts'
import type { StoredOptions } from './stored-options.ts'

/** What can be done to a job from its page. */
export interface BoardActions {
  retry(): Promise<void>
  remove(): Promise<void>
  promote(): Promise<void>
  changeDelay(ms: number): Promise<void>
  changePriority(options: { priority?: number }): Promise<void>
  removeUnprocessedChildren(): Promise<void>
  getDependenciesCount(): Promise<Partial<Record<'processed' | 'unprocessed' | 'ignored' | 'failed', number>>>
}

export interface BoardJobOptions {
  contract: QueueContract
  job: MonitoredJob
  /** By which the board knows it: of a job in quarantine the id of its entry. */
  id: string
  state: JobState
  stored: StoredOptions
  actions: BoardActions
}

/** The option by which a duplicate says what it is one of: the board sends the options back as it was given them. */
export const duplicateOf = 'duplicateOf'

/** A decoded job as Bull Board takes it: readable values in the place of stored texts, and never a sensitive field. */
export class BoardJob implements QueueJob {
  readonly id: string
  readonly name: string
  readonly opts: QueueJob['opts'] & { parent?: { id: string; queue: string } | undefined }
  readonly timestamp: number
  readonly attemptsMade: number
  readonly repeatJobKey?: string
  readonly #given: BoardJobOptions

  constructor(given: BoardJobOptions) {
    const { id, job, stored } = given
    this.#given = given
    this.id = id
    this.name = job.storedName
    this.timestamp = job.enqueuedAt?.getTime() ?? 0
    this.attemptsMade = job.attempts
    const { parent } = stored
    this.opts = { delay: stored.delay, ...(parent && { parent }) }
    if (job.schedule !== undefined) this.repeatJobKey = job.schedule
  }

  /** When it ended, was taken or was enqueued, whichever was last. */
  get lastAt(): number {
    const { endedAt, startedAt, enqueuedAt, quarantine } = this.#given.job
    return (quarantine?.at ?? endedAt ?? startedAt ?? enqueuedAt)?.getTime() ?? 0
  }

  retry = () => this.#given.actions.retry()
  remove = () => this.#given.actions.remove()
  promote = () => this.#given.actions.promote()
  changeDelay = (ms: number) => this.#given.actions.changeDelay(ms)
  changePriority = (options: { priority?: number }) => this.#given.actions.changePriority(options)
  removeUnprocessedChildren = () => this.#given.actions.removeUnprocessedChildren()
  getDependenciesCount = () => this.#given.actions.getDependenciesCount()

  async getState(): Promise<JobState> {
    return this.#given.state
  }

  async updateData(): Promise<void> {
    throw new BrineError('JOB_STATE_INVALID', 'a stored payload is not edited in place: duplicate the job')
  }

  toJSON(): QueueJobJson {
    const { job, stored, id } = this.#given
    const { progress, error, quarantine } = job
    const reason = quarantine?.reason ?? error?.message
    return {
      id,
      name: job.storedName,
      timestamp: this.timestamp,
      attemptsMade: job.attempts,
      ...(job.startedAt && { processedOn: job.startedAt.getTime() }),
      ...(job.endedAt && { finishedOn: job.endedAt.getTime() }),
      ...(quarantine?.at && { finishedOn: quarantine.at.getTime() }),
      ...(job.worker !== undefined && { processedBy: job.worker }),
      delay: stored.delay,
      ...(reason !== undefined && { failedReason: reason }),
      ...(job.priority > 0 && { priority: job.priority }),
      ...(job.deduplicationId !== undefined && { deduplicationId: job.deduplicationId }),
      ...(stored.starts > 0 && { attemptsStarted: stored.starts }),
      data: this.#shown(job.payload, 'payload'),
      returnvalue: job.result === undefined ? undefined : this.#shown(job.result, 'result'),
      progress: progress === undefined ? 0 : progressOf(this.#shown(progress, 'progress')),
      stacktrace: this.#errors(),
      opts: { ...stored.shown, ...(job.name !== undefined && { [duplicateOf]: id }) },
    } as QueueJobJson
  }

  #shown(reading: Reading<unknown>, part: 'payload' | 'result' | 'progress'): unknown {
    const { contract, job } = this.#given
    const show = (value: unknown) => presentJson(value, { contract, job: job.name, part, reveal: false })
    if (!reading.unreadable) return show(givenValue(reading))
    return reading.isUnopened ? unopened(reading) : describeUnreadable(reading, show)
  }

  /** Its payload as its own page displays it, and as a list displays it that did not decode it. */
  get displays(): readonly unknown[] {
    const { payload } = this.#given.job
    return [this.#shown(payload, 'payload'), unopened(payload)]
  }

  /** The error as an object above the traces that BullMQ keeps; it shows them the last one first. */
  #errors(): string[] {
    const { contract, job, stored } = this.#given
    const { error, formerError, quarantine } = job
    // Bull Board takes a job with a trace for one that failed.
    const texts = job.state === 'completed' ? [] : [...stored.stacktrace]
    const shown = (value: unknown) => presentText(value, { contract, job: job.name, part: 'error', reveal: false })
    if (error) texts.push(shown(error.value))
    if (formerError && texts.length > 0)
      texts.push(`of an earlier attempt: ${formerError.kind}: ${formerError.message}`)
    if (quarantine) {
      const { code, path, at, worker, version, reason } = quarantine
      texts.push(JSON.stringify({ quarantined: { code, path, reason, at, worker, version } }, null, 2))
    }
    return texts
  }
}

/** In the form of a cut value, which is refused in JSON that somebody edited and sent back. */
function unopened({ bytes }: Reading<unknown>): unknown {
  return { $cut: `${bytes} bytes: open the job to see them` }
}

/** A number is drawn as one; the board expects no null. */
function progressOf(shown: unknown): QueueJobJson['progress'] {
  if (typeof shown === 'object' && shown !== null) return shown
  return typeof shown === 'number' || typeof shown === 'boolean' ? shown : String(shown)
}
