import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { Connection } from '../connection/connection.ts'
import type { Sender } from '../connection/sender.ts'
import type { ContractJob, QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import type { Bond } from '../seal/bond.ts'
import { cancelJob } from './cancel-job.ts'
import type { Cancelled, CancelOptions } from './cancelled.ts'
import { type JobInfo, type JobLogs, type JobState, readInfo, readProgress, readState } from './inspect-job.ts'
import { promoteJob, type RetryOptions, removeJob, retryJob } from './move-job.ts'
import { readPayload } from './stored-payload.ts'

interface Named {
  readonly id: string
  readonly name: string
}

/** What can be asked of the jobs of a queue, and done to them. Each rejects with REDIS_UNREACHABLE, REDIS_REFUSED and CLOSED. */
export interface JobControl {
  state(job: Named): Promise<JobState>
  /** The text of its payload, while it is stored. */
  payload(job: Named): Promise<string | undefined>
  info(job: Named): Promise<JobInfo | undefined>
  /** In a box: it may have a `then` method. Sealed with `bond`, if one is given. */
  progress(job: ContractJob, id: string, bond?: Bond): Promise<{ value: unknown } | undefined>
  logs(job: Named, start: number, end: number): Promise<JobLogs>
  cancel(job: ContractJob, id: string, reason: string, options: CancelOptions): Promise<Cancelled>
  remove(job: ContractJob, id: string): Promise<void>
  retry(job: ContractJob, id: string, options: RetryOptions): Promise<void>
  promote(job: ContractJob, id: string): Promise<void>
}

export interface JobControlSources {
  contract: QueueContract
  queue: StoredQueue
  connection: Connection
  codec: EnvelopeCodec
  sender: Sender
}

export function createJobControl(sources: JobControlSources): JobControl {
  const { queue, connection, sender } = sources

  async function within<T>(job: string, work: () => Promise<T>, run: Sender['ask'] = sender.send): Promise<T> {
    try {
      return await run(work)
    } catch (error) {
      if (connection.hasEnded) throw new BrineError('CLOSED', 'the producer is closed; make another', { job })
      throw error instanceof BrineError ? error.relocated({ job }) : error
    }
  }

  const ask = <T>(job: string, work: () => Promise<T>) => within(job, work, sender.ask)

  return {
    state: ({ id, name }) => ask(name, () => readState(sources, id)),
    payload: ({ id, name }) => ask(name, () => readPayload(sources, id)),
    info: ({ id, name }) => ask(name, () => readInfo(sources, id)),
    progress: (job, id, bond) => ask(job.name, () => readProgress(sources, job, id, bond)),
    logs: ({ id, name }, start, end) => ask(name, () => queue.getJobLogs(id, start, end)),
    cancel: (job, id, reason, options) =>
      within(job.name, () => cancelJob({ ...sources, backend: queue.backend }, job, id, reason, options)),
    remove: (job, id) => within(job.name, () => removeJob(sources, job, id)),
    retry: (job, id, options) => within(job.name, () => retryJob(sources, job, id, options)),
    promote: (job, id) => within(job.name, () => promoteJob(sources, job, id)),
  }
}
