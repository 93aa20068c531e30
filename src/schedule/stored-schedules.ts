import { defaultRepeatStrategy, type JobsOptions } from 'bullmq'
import { declaredField } from '../bullmq/job-fields.ts'
import type { StoredBackend } from '../bullmq/stored-backend.ts'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { Checked, EnvelopeCodec, Place } from '../codec/envelope.ts'
import type { ContractJob } from '../contract/contract.ts'
import { hasDays } from '../contract/cron-days.ts'
import type { CheckedRepeat } from '../contract/repeat.ts'
import { type ScheduleOptions, scheduleOptions } from '../contract/schedules.ts'
import { BrineError } from '../errors.ts'
import { templateIdOf } from './open-template.ts'

/** What is asked of a queue for its schedules, by BullMQ's own names. */
export interface ScheduledQueue extends Pick<StoredQueue, 'removeJobScheduler'> {
  readonly backend: Pick<
    StoredBackend,
    'getJobSchedulersRange' | 'getJobSchedulerData' | 'getJobScheduler' | 'serverMs'
  >
  upsertJobScheduler(
    id: string,
    repeat: CheckedRepeat,
    template: { name: string; opts: JobsOptions },
  ): Promise<{ id?: string } | undefined>
}

/** A schedule that may be sent: its payload validated and encoded, its pattern read. */
export interface PreparedSchedule {
  job: ContractJob
  text: string
  /** The same whenever the same payload is given, which the text may not be. */
  fingerprint: string
  repeat: CheckedRepeat
  options: ScheduleOptions
}

/** Throws PAYLOAD_INVALID, the codec's refusals, and OPTIONS_INVALID for a pattern that has no run in the future. */
export async function prepareSchedule(
  codec: EnvelopeCodec,
  id: string,
  { job, payload, ...rest }: { job: ContractJob; payload: unknown; repeat: CheckedRepeat; options: ScheduleOptions },
  nowMs: number = Date.now(),
): Promise<PreparedSchedule> {
  const { name, version } = job
  const place: Place = { kind: 'payload', job: name, version, id: templateIdOf(id) }
  const checked: Checked = { validator: job.payload, failure: { code: 'PAYLOAD_INVALID', job: name } }
  const encoded = codec.encodeChecked(payload, place, checked)
  // An encrypted text differs each time, and so may a default that was worked out before it was stored.
  const isAsGiven = !codec.sealed && job.payload.parseInput === undefined
  // Taken before the schema is awaited: the caller may change the payload meanwhile. Its refusal is the schema's to report first.
  const taking = (async () => (isAsGiven ? undefined : codec.fingerprint(payload, place)))()
  taking.catch(() => {})
  const text = await encoded
  const fingerprint = (await taking) ?? text
  checkPattern(name, rest.repeat, nowMs, codec.sealed)
  return { job, text, fingerprint, repeat: rest.repeat, options: scheduleOptions(job, rest.options) }
}

function checkPattern(job: string, repeat: CheckedRepeat, nowMs: number, sealed: boolean): void {
  if (repeat.pattern === undefined || hasEnded(repeat, nowMs)) return
  const details = { job, path: 'repeat.pattern' }
  // cron-parser draws an H anew at each reading.
  if (sealed && /\bH\b/.test(repeat.pattern)) {
    throw new BrineError('OPTIONS_INVALID', 'uses H (a random time), which cannot be sealed; use fixed times', details)
  }
  let next: unknown
  try {
    next = hasDays(repeat.pattern) ? defaultRepeatStrategy(nowMs, repeat) : undefined
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new BrineError('OPTIONS_INVALID', `is not a cron pattern: ${why}`, { ...details, cause })
  }
  if (next === undefined) throw new BrineError('OPTIONS_INVALID', 'has no run in the future', details)
}

/** Whether no run can follow any more. */
export function hasEnded({ endDate }: CheckedRepeat, nowMs: number = Date.now()): boolean {
  return endDate !== undefined && endDate <= nowMs
}

/** A schedule as it is stored: the fields of BullMQ's hash, `data` and `opts` among them as texts. */
export interface StoredSchedule {
  id: string
  /** Milliseconds since 1970. */
  next: number
  fields: Record<string, string>
  /** Of the declaration that it came from; none when it was made by hand. */
  declared: string | undefined
}

/** What Redis holds, the next to run first. Nothing is parsed that a template may hold. */
export async function readSchedules({ backend }: ScheduledQueue): Promise<StoredSchedule[]> {
  const flat = await backend.getJobSchedulersRange(0, -1, true)
  const ids = flat.filter((_, index) => index % 2 === 0)
  const all = await Promise.all(ids.map((id) => backend.getJobSchedulerData(id)))
  return all.map((fields, index) => toSchedule(String(ids[index]), flat[index * 2 + 1], fields)).filter(isScheduler)
}

export async function readSchedule({ backend }: ScheduledQueue, id: string): Promise<StoredSchedule | undefined> {
  const [flat, next]: [unknown, string | null] = await backend.getJobScheduler(id)
  if (!Array.isArray(flat) || next === null) return undefined
  const fields: Record<string, string> = {}
  for (let index = 0; index < flat.length; index += 2) fields[String(flat[index])] = String(flat[index + 1])
  const found = toSchedule(id, next, fields)
  return isScheduler(found) ? found : undefined
}

function toSchedule(id: string, next: string | undefined, fields: Record<string, string>): StoredSchedule {
  const { [declaredField]: declared } = readOptions(fields['opts'])
  // Redis writes `inf`.
  return {
    id,
    next: Number(next?.replace('inf', 'Infinity')),
    fields,
    declared: typeof declared === 'string' ? declared : undefined,
  }
}

// The repeatable jobs of old releases of BullMQ stand in the same list, without a count of their runs.
function isScheduler({ fields }: StoredSchedule): boolean {
  return fields['ic'] !== undefined
}

function readOptions(text: string | undefined): Record<string, unknown> {
  try {
    const options: unknown = JSON.parse(text ?? '{}')
    return typeof options === 'object' && options !== null ? (options as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
