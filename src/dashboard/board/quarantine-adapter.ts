import type { JobCleanStatus, JobCounts, JobStatus } from '@bull-board/api/typings/app'
import { suffix } from '../../contract/quarantine-name.ts'
import { BrineError } from '../../errors.ts'
import { createPauses } from '../../monitor/pauses.ts'
import { readKept } from '../../monitor/read-job.ts'
import type { KeptJob } from '../../quarantine/quarantined-job.ts'
import { BaseBoardAdapter, type BoardAdapterOptions, mostListed } from './base-board-adapter.ts'
import { type BoardActions, BoardJob } from './board-job.ts'
import type { BoardQueue } from './board-queue.ts'
import type { QueueAdapter } from './queue-adapter.ts'
import { type StoredOptions, storedOptionsOf } from './stored-options.ts'

const mostJobs = 500
const mostNamed = 20

/** A queue's quarantine on the board, as a queue of failed jobs: retrying one puts it back, and removing one discards it. */
export class QuarantineAdapter extends BaseBoardAdapter {
  readonly #ofQueue: QueueAdapter

  constructor(source: BoardQueue, ofQueue: QueueAdapter, options: BoardAdapterOptions) {
    super(source.contract.name + suffix, source, options)
    this.#ofQueue = ofQueue
  }

  get #quarantine() {
    return this.source.producer.quarantine
  }

  override getJobStatuses(): JobStatus[] {
    return ['failed']
  }

  override async getJobCounts(): Promise<JobCounts> {
    return { failed: await this.#quarantine.count() } as JobCounts
  }

  override async getJobs(_statuses: JobStatus[], start = 0, end = mostJobs - 1): Promise<BoardJob[]> {
    const jobs: BoardJob[] = []
    const pause = createPauses()
    let place = 0
    let left = mostListed
    for await (const { id } of this.#quarantine.list()) {
      if (place > end || jobs.length >= mostJobs) break
      const kept = place >= start ? await this.#quarantine.get(id) : undefined
      if (kept) jobs.push(await this.#boardJob(kept, left))
      left -= kept?.fields.get('data')?.length ?? 0
      place += 1
      await pause()
    }
    return jobs
  }

  override async getJob(id: string): Promise<BoardJob | undefined> {
    const kept = await this.#quarantine.get(id)
    return kept && this.#boardJob(kept)
  }

  override async parentOf(id: string) {
    const kept = await this.#quarantine.get(id)
    return kept && keptOptions(kept).parent
  }

  // Workers do not find it under its own key.
  override async holds(): Promise<boolean> {
    return false
  }

  async #boardJob(kept: KeptJob, maxBytes?: number): Promise<BoardJob> {
    const { contract } = this.source
    const job = await readKept(this.source, kept, { maxBytes })
    const stored = keptOptions(kept)
    const timed = { ...job, enqueuedAt: job.enqueuedAt ?? kept.record.at }
    return new BoardJob({
      ...{ contract, job: timed, id: kept.id, state: 'failed', stored, actions: this.#actionsOf(kept.id) },
    })
  }

  #actionsOf(id: string): BoardActions {
    const never = async () => {
      throw new BrineError('JOB_STATE_INVALID', 'it is in quarantine: replay or discard it')
    }
    return {
      retry: async () => {
        const { existing } = await this.#quarantine.replay(id)
        if (existing.length === 0) return
        throw new BrineError('JOB_STATE_INVALID', 'a job of its id is in the queue again: discard one of the two')
      },
      remove: async () => {
        await this.#quarantine.discard(id)
      },
      ...{ promote: never, changeDelay: never, changePriority: never, removeUnprocessedChildren: never },
      getDependenciesCount: async () => ({}),
    }
  }

  protected override addedJob(id: string): Promise<BoardJob | undefined> {
    return this.#ofQueue.getJob(id)
  }

  protected override async textOf(id: string) {
    const kept = await this.#quarantine.get(id)
    return kept?.text === undefined ? undefined : { text: kept.text, boundTo: kept.record.jobId }
  }

  override getQueueQualifiedName(): string {
    return this.source.queue.qualifiedName + suffix
  }

  override async getJobLogs(): Promise<string[]> {
    return []
  }

  // Those that came since, nobody has seen.
  override async clean(_status: JobCleanStatus, olderThanMs: number): Promise<void> {
    await this.#quarantine.discard({ until: new Date(Date.now() - olderThanMs) })
  }

  override async retryFailed(): Promise<number> {
    const { replayed, existing } = await this.#quarantine.replay({})
    if (existing.length === 0) return replayed
    const ids = existing.slice(0, mostNamed).join(', ') + (existing.length > mostNamed ? ', …' : '')
    const stay = `${existing.length} stay, since jobs of their ids are in the queue again: ${ids}`
    throw new BrineError('JOB_STATE_INVALID', `replayed ${replayed}; ${stay}; discard one of the two`)
  }

  // No worker takes what lies here.
  override isPaused = async () => false
  override pause = async () => {}
  override resume = async () => {}
  override promoteAll = () => this.#refuse('nothing in it is delayed')
  override empty = () => this.#refuse('nothing in it waits')
  override obliterate = () => this.#refuse('it goes with its queue')

  async #refuse(why: string): Promise<never> {
    throw new BrineError('JOB_STATE_INVALID', `this is a quarantine, and ${why}: retry or clean its jobs`)
  }
}

function textOf(kept: KeptJob, name: string): string | undefined {
  return kept.fields.get(name)?.toString()
}

function keptOptions(kept: KeptJob): StoredOptions {
  const [opts, delay] = [textOf(kept, 'opts'), textOf(kept, 'delay')]
  return storedOptionsOf({ opts, delay, ats: undefined, stacktrace: undefined })
}
