import { $ZodType } from 'zod/v4/core'
import { printedNames } from '../codec/printed-names.ts'
import { BrineError } from '../errors.ts'
import { defineLimits, type Limits } from '../limits/limits.ts'
import { longestTimerMs } from '../longest-timer.ts'
import type { Model } from '../model/model.ts'
import { createRegistry } from '../model/registry.ts'
import { defineUpcasts } from '../model/upcast-steps.ts'
import { visitsOf } from '../schema/effort.ts'
import { createValidator, type ParseWhen, schemaRemedy, type Validator } from '../schema/validate.ts'
import type { Names } from '../schema/way.ts'
import { type Compression, checkCompression } from '../seal/compress.ts'
import { type Keys, keysOf } from '../seal/define-keys.ts'
import type { ContractJob, QueueContract } from './contract.ts'
import { checkAliases, defineFormerNames } from './former-names.ts'
import type { JobDefinition, JobDefinitions, UpcastJobs } from './job-definition.ts'
import { checkJobOptions } from './job-options.ts'
import { suffix } from './quarantine-name.ts'
import { defineSchedules, type ScheduleDeclarations } from './schedules.ts'

/** What `defineQueue` takes beside the name. */
export interface QueueDefinition<Jobs extends JobDefinitions> {
  /** The classes that may travel in payloads, results, progress and errors. */
  models?: readonly Model[]
  /** By name, 1 to 100 characters; not safe to rename while jobs of that name wait, unless it becomes one of `aliases`. */
  jobs: Jobs
  /** Jobs that run again and again, by id: see `producer.schedules.reconcile` and docs/schedules.md. */
  schedules?: ScheduleDeclarations<NoInfer<Jobs>>
  /** See {@link Limits}; what is not given keeps its default. */
  limits?: Partial<Limits>
  /** Let errors carry their stacks, which name files and lines of the worker. Default false. */
  stacks?: boolean
  /**
   * Goes before every key of the queue in Redis. Default `bull`, as BullMQ has it. On a Redis Cluster it needs a hash tag,
   * such as `{brine}`, so that a queue's keys share a slot.
   */
  prefix?: string
  /**
   * `json`: take payloads, results and progress that are plain JSON too, as producers and workers of bare BullMQ write them,
   * while an app moves queue by queue: see docs/migration.md. Default: only what BrineMQ wrote.
   */
  accept?: 'json'
  /**
   * Seals payloads, results, progress and errors for their jobs, and takes nothing else: see docs/keys.md. Undefined or empty
   * keys are refused, so that a variable which is not set cannot turn seals off.
   *
   * @example defineQueue('people', { keys: process.env.BRINE_KEYS, models, jobs })
   */
  keys?: Keys | undefined
  /** Compress large bodies. Default never: stored texts stay readable, and see docs/keys.md for what it tells of encrypted ones. */
  compress?: Compression | undefined
}

const longestName = 100
const known: ReadonlySet<string> = new Set([
  ...['payload', 'result', 'progress', 'parse', 'version', 'upcast', 'aliases', 'samples', 'timeoutMs', 'options'],
])

/**
 * Defines a queue: its name, the models that may travel in it, and its jobs. Producers and workers import the same one.
 *
 * Throws CONTRACT_INVALID, OPTIONS_INVALID for limits and compress, KEYS_INVALID, and MODEL_INVALID for models that cannot stand beside each other.
 *
 * @example
 * const people = defineQueue('people', {
 *   models: [person],
 *   jobs: {
 *     greet: {
 *       payload: z.object({ person: person.schema, at: z.date() }),
 *       result: z.object({ text: z.string(), greetedAt: z.date() }),
 *       options: { attempts: 3 },
 *     },
 *   },
 * })
 */
export function defineQueue<const Name extends string, Jobs extends JobDefinitions>(
  name: Name,
  definition: QueueDefinition<Jobs> & { jobs: UpcastJobs<Jobs> },
): QueueContract<Name, Jobs> {
  // BullMQ builds its keys of the queue's name, parted by colons; the names of jobs stand alone.
  if (typeof name === 'string' && name.includes(':')) {
    throw new BrineError('CONTRACT_INVALID', `a queue's name cannot hold \`:\``)
  }
  checkName(name, 'a queue')
  if (name.endsWith(suffix)) {
    throw new BrineError(
      'CONTRACT_INVALID',
      `a queue's name cannot end with ${suffix}: such a queue keeps the jobs of another`,
    )
  }
  if (typeof definition !== 'object' || definition === null) {
    throw new BrineError(
      'CONTRACT_INVALID',
      `the queue '${name}' takes what defines it: { jobs: { name: { payload } } }`,
    )
  }
  const { models = [], jobs, schedules = {}, limits, stacks = false, prefix, accept, compress } = definition
  if (prefix !== undefined && (typeof prefix !== 'string' || prefix === '')) {
    throw new BrineError('CONTRACT_INVALID', 'prefix must be a text that is not empty')
  }
  if (accept !== undefined && accept !== 'json') {
    throw new BrineError('CONTRACT_INVALID', "accept must be 'json', or left out")
  }
  const keys = keysOf(definition)
  if (keys && accept) {
    throw new BrineError('KEYS_INVALID', "accept: 'json' admits unsigned data, which keys forbid; remove one", {
      path: 'accept',
    })
  }
  checkCompression(compress)
  if (limits !== undefined) defineLimits(limits)
  createRegistry(models)
  const entries = new Map<string, ContractJob>()
  const names = printedNames({ keys, models, schemas: () => schemasOf(jobs) })
  for (const [job, given] of Object.entries(jobs ?? {})) entries.set(job, defineJob(job, given, { limits, names }))
  if (entries.size === 0) {
    throw new BrineError('CONTRACT_INVALID', `the queue '${name}' has no jobs; give jobs: { name: { payload } }`)
  }
  const parsed = [...entries.values()].find(({ payload }) => payload.parseInput)
  if (accept && parsed) {
    const remedy = "cannot be 'enqueue' beside `accept: 'json'`: producers of bare BullMQ do not parse; remove one"
    throw new BrineError('CONTRACT_INVALID', remedy, { job: parsed.name, path: 'parse' })
  }
  const declared = defineSchedules(schedules, entries)
  return Object.freeze({
    name,
    models: Object.freeze([...models]),
    jobs,
    limits,
    stacks,
    prefix,
    accept,
    keys,
    compress,
    printedNames: names,
    entries,
    formerly: defineFormerNames(entries),
    schedules: declared,
  })
}

function schemasOf(jobs: JobDefinitions): $ZodType[] {
  return Object.values(jobs).flatMap(({ payload, result, progress }) =>
    [payload, result, progress].filter((schema) => schema !== undefined),
  )
}

interface OfAllJobs {
  limits: Partial<Limits> | undefined
  names: () => Names
}

function defineJob(name: string, given: JobDefinition, { limits, names }: OfAllJobs): ContractJob {
  checkName(name, 'a job')
  const refuse = (path: string, remedy: string) => new BrineError('CONTRACT_INVALID', remedy, { job: name, path })
  if (typeof given !== 'object' || given === null) throw refuse(name, 'must be { payload, … }')
  const stray = Object.keys(given).find((key) => !known.has(key))
  if (stray !== undefined) throw refuse(stray, `is not known here; a job has ${[...known].join(', ')}`)
  const { version = 1, options = {} } = given
  if (!Number.isSafeInteger(version) || version < 1) throw refuse('version', 'must be a whole number from 1')
  const { timeoutMs } = given
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= longestTimerMs)) {
    throw refuse('timeoutMs', `must be milliseconds, more than 0 and at most ${longestTimerMs}`)
  }
  const { parse = 'attempt' } = given
  if (parse !== 'attempt' && parse !== 'enqueue') throw refuse('parse', `must be 'attempt' or 'enqueue'`)
  const validator = (key: 'payload' | 'result' | 'progress', when: ParseWhen = 'read'): Validator => {
    const schema = given[key]
    if (!(schema instanceof $ZodType)) throw refuse(key, schemaRemedy)
    return createValidator(schema, { visits: visitsOf(limits), parse: when, names })
  }
  return Object.freeze({
    name,
    current: name,
    aliases: checkAliases(given.aliases, refuse),
    version,
    upcast: defineUpcasts({ upcast: given.upcast, version, refuse }),
    payload: validator('payload', parse === 'enqueue' ? 'store' : 'read'),
    result: given.result === undefined ? undefined : validator('result'),
    progress: given.progress === undefined ? undefined : validator('progress'),
    timeoutMs,
    options: Object.freeze(checkJobOptions(options, { code: 'CONTRACT_INVALID', job: name })),
  })
}

function checkName(name: unknown, what: string): void {
  if (typeof name !== 'string' || name === '' || name.length > longestName) {
    throw new BrineError('CONTRACT_INVALID', `${what} needs a name of 1 to ${longestName} characters`)
  }
}
