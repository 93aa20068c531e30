import type { WorkerOptions } from 'bullmq'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import { findJob, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { bondOfPayload } from '../job/stored-payload.ts'
import type { Bond } from '../seal/bond.ts'
import { checkRun } from './check-run.ts'
import { readScheduleSeal, repeatOf, type ScheduleSeal } from './schedule-seal.ts'
import { clockSlackMs } from './slots.ts'

/** A job as a worker took it. */
export interface TakenJob {
  readonly id: string
  readonly name: string
  /** `repeat` of its options. */
  readonly repeat: unknown
}

/** What a worker of a queue with keys knows of schedules: it grows with each template that the worker sees under its seal. */
export interface RunGuard {
  /** Notes the template of a schedule. */
  note(schedule: string, seal: ScheduleSeal): void
  /**
   * Refuses a job of a schedule that is not due, or is of a template that was replaced before. Gives how many milliseconds too early
   * the job is: 0 when it may work now. Throws what `checkRun` does.
   */
  check(job: TakenJob, text: string, bond: Bond | undefined): number
  /** Whether the times in a run's options are those of its seal, so that the next run may be worked out from them. */
  hasSealedTimes(job: TakenJob, text: string): boolean
}

// More schedules than a queue has; the ones that ran last are kept.
const mostSchedules = 10_000

export interface RunGuardOptions {
  contract: QueueContract
  codec: EnvelopeCodec
  /** The time by Redis' clock: what is due was said by it. */
  nowMs: () => number
}

/**
 * The guard of a worker; none where the queue has no keys. Throws OPTIONS_INVALID for a strategy of the worker's own: nobody else could
 * say which runs are due.
 */
export function openRunGuard(
  contract: QueueContract,
  codec: EnvelopeCodec,
  settings: WorkerOptions['settings'],
  nowMs: () => number,
): RunGuard | undefined {
  if (!codec.sealed) return undefined
  if (settings?.repeatStrategy === undefined) return createRunGuard({ contract, codec, nowMs })
  const remedy = 'cannot be given where the queue has keys, since seals say when runs are due: use pattern or every'
  throw new BrineError('OPTIONS_INVALID', remedy, { path: 'settings.repeatStrategy' })
}

export function createRunGuard({ contract, codec, nowMs }: RunGuardOptions): RunGuard {
  const newest = new Map<string, Pick<ScheduleSeal, 'generation' | 'since'>>()

  function note(schedule: string, { generation, since }: ScheduleSeal): void {
    const known = newest.get(schedule)
    newest.delete(schedule)
    newest.set(schedule, known && known.generation > generation ? known : { generation, since })
    const [oldest] = newest.keys()
    if (newest.size > mostSchedules && oldest !== undefined) newest.delete(oldest)
  }

  return {
    note,
    check(job, text, bond) {
      const now = nowMs()
      const checked = checkRun(contract, { ...job, text, bond }, now)
      if (!checked) return 0
      const { schedule, seal, slot, isEarly } = checked
      const known = newest.get(schedule)
      // A run that was due before its template was replaced may still wait for another attempt.
      if (known && known.generation > seal.generation && slot >= known.since + clockSlackMs) {
        const remedy = 'its schedule was changed before it was due: somebody put the old one back, discard the job'
        throw new BrineError('SEAL_INVALID', remedy, { job: job.name, path: 'repeat' })
      }
      note(schedule, seal)
      return isEarly ? slot - now : 0
    },
    hasSealedTimes({ id, name, repeat }, text) {
      const job = findJob(contract, name)
      const seal = job && readScheduleSeal(bondOfPayload(text, job, codec, id))
      return seal !== undefined && repeatOf(seal, repeat) !== undefined
    },
  }
}
