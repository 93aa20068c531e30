import type { z } from 'zod'
import { BrineError, type BrineErrorCode } from '../errors.ts'
import type { ContractJob } from './contract.ts'
import type { JobDefinitions } from './job-definition.ts'
import { checkJobOptions, type EnqueueOptions, type JobDefaults } from './job-options.ts'
import { type CheckedRepeat, checkRepeat, type Repeat } from './repeat.ts'

/** BullMQ's options for each run of a schedule, by their own names. */
export type ScheduleOptions = Omit<JobDefaults, 'delay' | 'deduplication'>

/**
 * The schedules of a contract, by id. Each names a job and has that job's payload; `reconcile` adds, changes and removes
 * what Redis holds of them.
 */
export type ScheduleDeclarations<Jobs extends JobDefinitions> = Readonly<
  Record<
    string,
    {
      [N in keyof Jobs & string]: {
        readonly job: N
        readonly payload: z.input<Jobs[N]['payload']>
        readonly repeat: Repeat
        readonly options?: ScheduleOptions
      }
    }[keyof Jobs & string]
  >
>

/** A declared schedule, checked but for its payload, whose schema may be asynchronous. */
export interface DeclaredSchedule {
  readonly job: ContractJob
  readonly payload: unknown
  readonly repeat: CheckedRepeat
  readonly options: ScheduleOptions
}

const known: ReadonlySet<string> = new Set(['job', 'payload', 'repeat', 'options'])
const longestId = 100

/** Checks the schedules of a contract, but for their payloads and cron patterns. Throws CONTRACT_INVALID. */
export function defineSchedules(
  declared: unknown,
  entries: ReadonlyMap<string, ContractJob>,
): ReadonlyMap<string, DeclaredSchedule> {
  const code = 'CONTRACT_INVALID'
  if (typeof declared !== 'object' || declared === null) {
    throw new BrineError(code, 'must be an object: { id: { job, payload, repeat } }', { path: 'schedules' })
  }
  const schedules = new Map<string, DeclaredSchedule>()
  for (const [id, given] of Object.entries(declared) as [string, unknown][]) {
    const path = `schedules.${id}`
    checkScheduleId(id, { code, path: 'schedules' })
    if (typeof given !== 'object' || given === null) throw new BrineError(code, 'must be { job, payload, … }', { path })
    const { job: name, payload, repeat, options = {} } = given as Record<string, unknown>
    const job = typeof name === 'string' ? entries.get(name) : undefined
    if (!job) throw new BrineError(code, 'is not a job of this contract', { path: `${path}.job` })
    const stray = Object.keys(given).find((key) => !known.has(key))
    if (stray !== undefined) {
      throw new BrineError(code, `is not known here; a schedule has ${[...known].join(', ')}`, {
        path: `${path}.${stray}`,
      })
    }
    schedules.set(id, {
      job,
      payload,
      repeat: checkRepeat(repeat, { code, job: job.name, path: `${path}.repeat` }),
      options: checkScheduleOptions(options, { code, job: job.name, path }),
    })
  }
  return schedules
}

/** A schedule's id becomes part of its jobs' ids. Throws `code`. */
export function checkScheduleId(id: unknown, { code, path }: { code: BrineErrorCode; path: string }): void {
  if (typeof id === 'string' && id !== '' && id.length <= longestId && !id.includes(':')) return
  throw new BrineError(code, `the id of a schedule is a text of 1 to ${longestId} characters, without \`:\``, { path })
}

/** The options for each run, checked. Throws `code`, for what BullMQ takes for other jobs but not for these, too. */
export function checkScheduleOptions(
  options: unknown,
  { code, job, path }: { code: 'CONTRACT_INVALID' | 'OPTIONS_INVALID'; job: string; path?: string },
): ScheduleOptions {
  const inside = (at: string | undefined) => [path, at].filter((part) => part !== undefined).join('.')
  let checked: ReturnType<typeof checkJobOptions>
  try {
    checked = checkJobOptions(options, { code, job })
  } catch (error) {
    throw error instanceof BrineError && path !== undefined ? error.relocated({ path: inside(error.path) }) : error
  }
  refuseForSchedules(checked, { code, job, path: inside('options') })
  if (checked.telemetry === undefined) return checked
  throw new BrineError(code, 'cannot be set for the jobs of a schedule', { job, path: inside('options.telemetry') })
}

/** Throws `code` for what other jobs may have, and the jobs of a schedule not. A middleware may add `telemetry`. */
export function refuseForSchedules(
  options: EnqueueOptions,
  { code, job, path }: { code: 'CONTRACT_INVALID' | 'OPTIONS_INVALID'; job: string; path: string },
): void {
  const stray = notForRuns.find((name) => options[name] !== undefined)
  if (stray === undefined) return
  throw new BrineError(code, 'cannot be set for the jobs of a schedule', { job, path: `${path}.${stray}` })
}

const notForRuns = ['delay', 'deduplication', 'jobId', 'parent', 'timestamp'] as const
const notForSchedules = [...notForRuns, 'telemetry'] as const

/** A job's defaults as far as they go for the runs of a schedule, under the schedule's own. */
export function scheduleOptions({ options }: ContractJob, own: ScheduleOptions): ScheduleOptions {
  const merged: Record<string, unknown> = { ...options, ...own }
  for (const name of notForSchedules) delete merged[name]
  return merged
}
