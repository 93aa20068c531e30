import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { openProgress } from '../job/inspect-job.ts'
import type { JobControl } from '../job/job-control.ts'
import { cancelInMemory } from './cancel-in-memory.ts'
import { stateOf } from './controlled-queue.ts'
import type { MemoryQueue } from './memory-queue.ts'
import { descendants } from './parent-link.ts'

export interface MemoryControlSources {
  contract: QueueContract
  queue: MemoryQueue
  codec: EnvelopeCodec
  /** A job waits now that did not. */
  woken: () => unknown
  /** The parent of a job that is gone may wait now to be taken. */
  released: () => unknown
}

/** What handles ask of jobs in memory and do to them, answered as Redis would. */
export function createMemoryControl({ contract, queue, codec, woken, released }: MemoryControlSources): JobControl {
  function refuseQuarantined(name: string, id: string): void {
    if (queue.quarantined.includes(id)) throw wrongState(name, 'it is in quarantine; replay or discard it there')
  }

  return {
    async state({ id }) {
      const job = queue.get(id)
      if (job === undefined) return queue.quarantined.includes(id) ? 'quarantined' : 'missing'
      return stateOf(job)
    },
    payload: async ({ id }) => queue.get(id)?.text,
    async info({ id }) {
      const job = queue.get(id)
      return (
        job && {
          attempts: job.attemptsMade,
          starts: job.attemptsStarted,
          enqueuedAt: new Date(job.timestamp),
          startedAt: job.startedAt,
          endedAt: job.endedAt,
          worker: undefined,
        }
      )
    },
    async progress(job, id, bond) {
      const text = queue.get(id)?.progress
      return text === undefined ? undefined : openProgress(codec, job, text, id, bond)
    },
    async logs({ id }, start, end) {
      const lines = queue.get(id)?.logs ?? []
      return { logs: lines.slice(start, end === -1 ? undefined : end + 1), count: lines.length }
    },
    async cancel(_job, id, reason, options) {
      const job = queue.get(id)
      if (!job) return { state: queue.quarantined.includes(id) ? 'ended' : 'missing', stopping: [], notStopped: [] }
      const found = cancelInMemory({ queue, contract, job }, reason, options)
      await released()
      return found
    },
    async remove({ name }, id) {
      const job = queue.get(id)
      if (!job) return refuseQuarantined(name, id)
      const family = [...descendants(job), { queue, job }]
      if (family.some((one) => one.job.state === 'active')) {
        throw wrongState(name, 'it, or a child of it, is active; cancel it')
      }
      for (const one of family) one.queue.remove(one.job)
      await released()
    },
    async retry({ name }, id, { state = 'failed', resetAttemptsMade = false, resetAttemptsStarted = false }) {
      const job = queue.get(id)
      if (!job) {
        refuseQuarantined(name, id)
        throw new BrineError('JOB_REMOVED', 'the job is gone', { job: name })
      }
      if (job.state !== state) throw wrongState(name, `it is not ${state}`)
      if (resetAttemptsMade) job.attemptsMade = 0
      if (resetAttemptsStarted) job.attemptsStarted = 0
      queue.restart(job, 'as new')
      await woken()
    },
    async promote({ name }, id) {
      const job = queue.get(id)
      // As in Redis, also of one that is gone.
      if (job?.state !== 'delayed') throw wrongState(name, 'it is not delayed')
      queue.putBack(job, 'behind')
      await woken()
    },
  }
}

function wrongState(job: string, why: string): BrineError {
  return new BrineError('JOB_STATE_INVALID', why, { job })
}
