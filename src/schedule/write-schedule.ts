import type { JobsOptions } from 'bullmq'
import { runOf } from '../bullmq/job-id.ts'
import { type FirstRun, type Template, withTemplate } from '../bullmq/scheduler-template.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { QueueContract } from '../contract/contract.ts'
import type { CheckedRepeat } from '../contract/repeat.ts'
import { BrineError } from '../errors.ts'
import { drawToken } from '../seal/tokens.ts'
import { openTemplate, templatePlace } from './open-template.ts'
import { bondOf, repeatDigest, type ScheduleSeal } from './schedule-seal.ts'
import { firstSlot, isDue } from './slots.ts'
import { type PreparedSchedule, readSchedule, type ScheduledQueue, type StoredSchedule } from './stored-schedules.ts'

export interface ScheduleWriter {
  contract: QueueContract
  codec: EnvelopeCodec
  queue: ScheduledQueue
  /** Told of each template that is sealed. */
  note?: ((id: string, seal: ScheduleSeal) => void) | undefined
}

/** Adds a schedule or changes it, and gives the id of its next run. `declared` marks it as the contract's own. */
export function writeSchedule(
  writer: ScheduleWriter,
  id: string,
  schedule: PreparedSchedule,
  declared?: string,
): Promise<string> {
  if (writer.codec.sealed) return writeSealed(writer, id, schedule, declared)
  return upsert(writer.queue, id, schedule, { text: schedule.text, declared })
}

const mostTries = 5

/**
 * What a seal says of the first run has to be known before BullMQ's script chooses its slot. So the script is told the time, and
 * what it has chosen is looked at: another process may have written the schedule meanwhile, or somebody its hash.
 */
async function writeSealed(
  { contract, codec, queue, note }: ScheduleWriter,
  id: string,
  schedule: PreparedSchedule,
  declared: string | undefined,
): Promise<string> {
  const { job, repeat } = schedule
  for (let tries = 1; tries <= mostTries; tries++) {
    const [since, there] = await Promise.all([queue.backend.serverMs(), readSchedule(queue, id)])
    const former = there && openTemplate(contract, codec, there)?.seal.generation
    const kept = keptSlot(repeat, there)
    const first = firstSlot(repeat, since, kept)
    if (first === undefined) break
    const { offset } = repeat
    const generation = former === undefined ? since : Math.max(since, former + 1)
    const seal: ScheduleSeal = { since, generation, first, offset, declared, repeat: repeatDigest(repeat) }
    const text = codec.reseal(schedule.text, { ...templatePlace(job, id), bond: { for: drawToken(), ...bondOf(seal) } })
    const plan = planOf(repeat, { since, first, isKept: kept !== undefined, isThere: there !== undefined })
    const next = await upsert(queue, id, schedule, { text, declared, plan })
    const slot = runOf(next)?.slot ?? Number.NaN
    if (isDue(slot, { ...seal, repeat }, since) !== 'foreign') {
      note?.(id, seal)
      return next
    }
    await queue.removeJobScheduler(id)
  }
  throw noMoment(job.name)
}

async function upsert(
  queue: ScheduledQueue,
  id: string,
  { job: { name }, repeat, options }: PreparedSchedule,
  template: Template,
): Promise<string> {
  const opts: JobsOptions = withTemplate(options, template)
  const next = await queue.upsertJobScheduler(id, repeat, { name, opts })
  if (next?.id !== undefined) return next.id
  throw noMoment(name)
}

/** The slot of the run that waits, where the schedule goes on with it: see firstSlot. */
function keptSlot({ every }: CheckedRepeat, there: StoredSchedule | undefined): number | undefined {
  return every !== undefined && Number(there?.fields['every']) === every ? there?.next : undefined
}

/** How BullMQ's script comes to choose `first`, and to align by it what comes after. */
function planOf(
  { every, offset, startDate }: CheckedRepeat,
  { since, first, isKept, isThere }: { since: number; first: number; isKept: boolean; isThere: boolean },
): FirstRun {
  if (every === undefined) return { nowMs: since, slot: first, offset: undefined }
  if (offset !== undefined || !isThere) return { nowMs: since, slot: undefined, offset }
  const phase = first % every
  // It would keep the offset of a former `every`; and with one that is given, the first run is the next that is aligned.
  const isAligned = !isKept && startDate === undefined && phase > 0
  return { nowMs: isAligned ? first - 1 : since, slot: undefined, offset: phase }
}

function noMoment(job: string): BrineError {
  return new BrineError('OPTIONS_INVALID', 'has no run in the future', { job, path: 'repeat' })
}
