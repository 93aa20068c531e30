import type { StoredFailure } from '../bullmq/stored-outcome.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { ContractJob, QueueContract } from '../contract/contract.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import type { PreparedText } from '../enqueue/prepare.ts'
import { codecOf } from '../job/contract-codec.ts'
import type { Ended } from '../job/outcome.ts'
import { bondOfPayload } from '../job/stored-payload.ts'
import type { Bond } from '../seal/bond.ts'
import { tokenOf } from '../seal/tokens.ts'
import type { MemoryChild } from './parent-link.ts'

/** A job as Redis would hold it: encoded. */
export interface MemoryJob {
  readonly id: string
  readonly job: ContractJob
  readonly text: string
  readonly options: EnqueueOptions
  readonly timestamp: number
  state: 'waiting' | 'delayed' | 'active' | 'waiting-children' | 'completed' | 'failed'
  attemptsMade: number
  attemptsStarted: number
  progress: string | undefined
  readonly logs: string[]
  readonly children: MemoryChild[]
  /** The steps of its children that were added: see HandlerChildren. */
  readonly steps: Set<string>
  /** Tells its parent how it ended. */
  tellParent: (ended: Ended) => void
  /** The id of the schedule whose run it is. */
  readonly schedule: string | undefined
  /** What its last attempt failed with. */
  earlier: StoredFailure | undefined
  /** What it is to fail with, without its handler. */
  doomed: string | undefined
  startedAt: Date | undefined
  endedAt: Date | undefined
  /** Since 1970, while it is delayed. */
  dueMs: number
  callOff: () => void
  /** By which it waits now; 0 among those without. */
  priority: number
  /** Among those that wait, or have ended: less comes first. */
  order: number
}

/** A job that waits. `nowMs` is its time unless its options have one. */
export function createMemoryJob(
  { job, text, options }: PreparedText,
  nowMs: number,
  schedule: string | undefined,
): MemoryJob {
  const { jobId: id, timestamp = nowMs } = options
  return {
    ...{ id, job, text, options, timestamp, schedule },
    ...{ state: 'waiting', attemptsMade: 0, attemptsStarted: 0, progress: undefined, logs: [] },
    ...{ children: [], steps: new Set(), earlier: undefined, doomed: undefined },
    ...{ startedAt: undefined, endedAt: undefined, dueMs: 0, priority: 0, order: 0 },
    callOff: () => {},
    tellParent: () => {},
  }
}

/** What a job's payload is bound to: all that comes of it is sealed with the same. */
export function bondIn({ id, job, text }: MemoryJob, codec: EnvelopeCodec): Bond | undefined {
  return bondOfPayload(text, job, codec, id)
}

/** The token that the children of a job of `contract` are bound to. */
export function tokenIn(job: MemoryJob, contract: QueueContract): string | undefined {
  return tokenOf(bondIn(job, codecOf(contract)), job.id)
}
