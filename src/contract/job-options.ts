import type { JobsOptions } from 'bullmq'
import { BrineError } from '../errors.ts'

/** BullMQ's own options of one job, by their own names. Left out are the two that BullMQ keeps for its schedulers. */
export type EnqueueOptions = Omit<JobsOptions, 'repeatJobKey' | 'prevMillis'>

/** In bytes. Events, locks and the quarantine repeat a job's id, and workers read it whole. */
export const longestJobId = 1_000

/** What a contract may set for every job of a name: not what tells one job from another. */
export type JobDefaults = Omit<EnqueueOptions, 'jobId' | 'parent' | 'timestamp' | 'telemetry'>

type Check = [expectation: string, holds: (value: unknown) => boolean]

// BullMQ packs priorities and a counter into one double.
const highestPriority = 2 ** 21 - 1

const whole: Check = ['a whole number, 0 or more', (value) => Number.isSafeInteger(value) && Number(value) >= 0]
const flag: Check = ['true or false', (value) => typeof value === 'boolean']
const keep: Check = [
  'true, false, a number of jobs, or { age, count }',
  (value) =>
    typeof value === 'boolean' || isAmount(value) || has(value, { age: isAmount, count: isAmount, limit: isAmount }),
]
const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isFlag = (value: unknown) => typeof value === 'boolean'
// BullMQ looks a strategy up by its name, also among what every object has.
const isStrategy = (value: unknown) => isText(value) && !(String(value) in Object.prototype)
const isShare = (value: unknown) => isAmount(value) && Number(value) <= 1
const deduplication: Record<string, Check[1]> = {
  ...{ id: isText, ttl: isAmount },
  ...{ extend: isFlag, replace: isFlag, reschedule: isFlag, keepLastIfActive: isFlag },
}
const checks: Record<keyof EnqueueOptions, Check> = {
  attempts: whole,
  backoff: [
    'milliseconds, or { type, delay, jitter }, with a jitter from 0 to 1',
    (value) =>
      isAmount(value) || (has(value, { type: isStrategy, delay: isAmount, jitter: isShare }) && isText(value['type'])),
  ],
  delay: ['milliseconds, 0 or more', isAmount],
  priority: [
    `a whole number from 0 to ${highestPriority}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= highestPriority,
  ],
  lifo: flag,
  timestamp: ['milliseconds since 1970', isAmount],
  removeOnComplete: keep,
  removeOnFail: keep,
  keepLogs: whole,
  stackTraceLimit: whole,
  sizeLimit: whole,
  deduplication: [
    '{ id, ttl, extend, replace, reschedule, keepLastIfActive }, with a text that is not empty as its id',
    (value) => has(value, deduplication) && isText(value['id']),
  ],
  // A key of Redis is made of it, and its parts are told apart by colons; BullMQ counts in whole numbers itself.
  jobId: [
    'a text of 1 to 1,000 bytes that holds no `:` and no half of a character, and is not a whole number',
    (value) =>
      typeof value === 'string' &&
      value !== '' &&
      Buffer.byteLength(value) <= longestJobId &&
      !/^-?\d+$|[:\ufffd\p{Surrogate}]/u.test(value),
  ],
  parent: ['{ id, queue }', isRecord],
  failParentOnFailure: flag,
  continueParentOnFailure: flag,
  ignoreDependencyOnFailure: flag,
  removeDependencyOnFailure: flag,
  telemetry: ['{ metadata, omitContext }', isRecord],
}

const notForDefaults: ReadonlySet<string> = new Set(['jobId', 'parent', 'timestamp', 'telemetry'])

/**
 * A copy of a job's options, and of those within them, without what is undefined: the caller may change theirs before they are sent. Throws CONTRACT_INVALID for a contract's defaults, OPTIONS_INVALID
 * for an enqueue's: an unknown name, or a value that BullMQ would misread or trip over.
 */
export function checkJobOptions(
  options: unknown,
  { code, job }: { code: 'CONTRACT_INVALID' | 'OPTIONS_INVALID'; job: string },
): EnqueueOptions {
  if (!isRecord(options)) throw new BrineError(code, 'options must be an object of BullMQ job options', { job })
  const defined: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(options)) {
    const path = `options.${name}`
    const check: Check | undefined = Object.hasOwn(checks, name) ? checks[name as keyof EnqueueOptions] : undefined
    if (check === undefined || (code === 'CONTRACT_INVALID' && notForDefaults.has(name))) {
      throw new BrineError(code, 'is not an option that can be set here; see the options of BullMQ jobs', { job, path })
    }
    // An option that is undefined would hide the contract's default.
    if (value === undefined) continue
    const [expectation, holds] = check
    if (!holds(value)) throw new BrineError(code, `must be ${expectation}`, { job, path })
    defined[name] = isRecord(value) ? { ...value } : value
  }
  return defined
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

// An option of an option that nobody reads is mostly misspelt, and would make another mode of it in silence.
function has(value: unknown, parts: Readonly<Record<string, Check[1]>>): value is Record<string, unknown> {
  if (!isRecord(value)) return false
  return Object.entries(value).every(([name, part]) => part === undefined || parts[name]?.(part) === true)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
