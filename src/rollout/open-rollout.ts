import type { Connection } from '../connection/connection.ts'
import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { type Announced, announce } from './announce.ts'
import { contractIdOf, createAnnouncements } from './announcements.ts'
import { capabilitiesOf } from './capabilities.ts'
import { createNewerWorkerLookup } from './find-newer-worker.ts'
import { createLookForSkew, type LookForSkew } from './postpone-job.ts'

export interface RolloutOptions {
  contract: QueueContract
  connection: Connection
  prefix: string | undefined
  skewTimeoutMs: number
  /** The worker's, in BullMQ. */
  id: string
  name: string | undefined
  toKey: (id: string) => string
  letOthersFirst: () => void
  report: (error: unknown) => void
}

/** A worker's part in telling old contracts from new ones: it announces its own, and looks for those of others. */
export interface Skew extends Announced {
  readonly lookForSkew: LookForSkew
}

const defaultSkewTimeoutMs = 900_000

/** Throws OPTIONS_INVALID. */
export function checkSkewTimeout(given: number = defaultSkewTimeoutMs): number {
  if (typeof given === 'number' && given >= 0) return given
  throw new BrineError('OPTIONS_INVALID', 'must be milliseconds, 0 or more', { path: 'skewTimeoutMs' })
}

export function openRollout(options: RolloutOptions): Skew {
  const { contract, connection, prefix, id, name, report } = options
  const own = capabilitiesOf(contract)
  const known = JSON.stringify(own)
  const announcements = createAnnouncements(contract.name, prefix, connection)
  const hasNewerWorker = createNewerWorkerLookup({ own, contractId: contractIdOf(known), announcements, report })
  return {
    ...announce({ announcements, connection, known, id, name, report }),
    lookForSkew: createLookForSkew({ ...options, hasNewerWorker }),
  }
}
