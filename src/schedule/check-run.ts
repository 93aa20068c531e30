import { isRun, runOf } from '../bullmq/job-id.ts'
import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import type { Bond } from '../seal/bond.ts'
import { isSealed } from '../seal/sealer.ts'
import { readScheduleSeal, repeatOf, type ScheduleSeal } from './schedule-seal.ts'
import { isDue } from './slots.ts'

/** A job whose payload's seal has held, which says of which schedule it is, and no more. */
export interface SealedRun {
  id: string
  name: string
  text: string
  bond: Bond | undefined
  /** `repeat` of the job's options. */
  repeat: unknown
}

export interface CheckedRun {
  schedule: string
  seal: ScheduleSeal
  slot: number
  /** Whether another run comes before this one. */
  isEarly: boolean
}

/**
 * Refuses a job that its schedule does not have: what the seal of a template says is in the text of every run, so that it and the id say
 * whether the run is due. Undefined for a job of no schedule, and for a text that is taken without a seal. Throws SEAL_INVALID, and
 * SCHEDULE_UNKNOWN for a schedule that only other contracts declare.
 */
export function checkRun(
  { schedules }: Pick<QueueContract, 'schedules'>,
  { id, name: job, text, bond, repeat }: SealedRun,
  nowMs: number = Date.now(),
): CheckedRun | undefined {
  if (!isRun(id) || !isSealed(text)) return undefined
  const refuse = (remedy: string) => new BrineError('SEAL_INVALID', remedy, { job, path: 'repeat' })
  const run = runOf(id)
  if (!run) throw refuse('no run of a schedule has such an id: somebody made the job, discard it')
  const { schedule, slot } = run
  const seal = readScheduleSeal(bond)
  if (!seal)
    throw refuse('its schedule was stored by a build that did not seal when it runs: upsert the schedule again')
  const times = repeatOf(seal, repeat)
  if (!times) throw refuse('the times in its options are not those that were sealed: somebody changed them, discard it')
  if (seal.declared !== undefined && !schedules.has(schedule)) {
    const remedy = 'this contract does not declare the schedule: deploy the workers that do, or discard the job'
    throw new BrineError('SCHEDULE_UNKNOWN', remedy, { job, path: `schedules.${schedule}` })
  }
  const due = isDue(slot, { ...seal, repeat: times }, nowMs)
  if (due === 'foreign') throw refuse('its schedule has no run at that time: somebody made the job, discard it')
  return { schedule, seal, slot, isEarly: due === 'early' }
}
