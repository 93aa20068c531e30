import type { EnvelopeCodec, Place } from '../codec/envelope.ts'
import { type ContractJob, findJob, type QueueContract } from '../contract/contract.ts'
import type { CheckedRepeat } from '../contract/repeat.ts'
import { BrineError } from '../errors.ts'
import { readScheduleSeal, repeatOf, type ScheduleSeal } from './schedule-seal.ts'
import type { StoredSchedule } from './stored-schedules.ts'

/** A stored schedule, as far as its seal says what it is. */
export interface OpenedTemplate {
  seal: ScheduleSeal
  /** When it runs; undefined when what is kept beside the text is something else. */
  repeat: CheckedRepeat | undefined
}

/** What the payload of a schedule's template is sealed for: the part that the ids of its jobs share. */
export function templateIdOf(scheduleId: string): string {
  return `repeat:${scheduleId}`
}

export function templatePlace({ name, aliases, version }: ContractJob, scheduleId: string): Place {
  return { kind: 'payload', job: name, aliases, version, id: templateIdOf(scheduleId) }
}

/** Undefined without keys, where the seal does not hold, and for one that was sealed before seals said when a schedule runs. */
export function openTemplate(
  contract: QueueContract,
  codec: EnvelopeCodec,
  { id, fields }: Pick<StoredSchedule, 'id' | 'fields'>,
): OpenedTemplate | undefined {
  const job = findJob(contract, fields['name'] ?? '')
  if (!codec.sealed || !job) return undefined
  try {
    const seal = readScheduleSeal(codec.checkSeal(fields['data'] ?? '', templatePlace(job, id)))
    return seal && { seal, repeat: repeatOf(seal, fields) }
  } catch (error) {
    if (error instanceof BrineError) return undefined
    throw error
  }
}
