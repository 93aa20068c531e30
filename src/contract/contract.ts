import type { z } from 'zod'
import { BrineError } from '../errors.ts'
import type { Limits } from '../limits/limits.ts'
import type { Model } from '../model/model.ts'
import type { Upcaster } from '../model/upcast-steps.ts'
import type { Validator } from '../schema/validate.ts'
import type { Names } from '../schema/way.ts'
import type { Compression } from '../seal/compress.ts'
import type { Keyring } from '../seal/keyring.ts'
import type { JobDefinition, JobDefinitions } from './job-definition.ts'
import type { EnqueueOptions } from './job-options.ts'
import type { DeclaredSchedule } from './schedules.ts'

/**
 * A queue's name, models and jobs: the one module that producers and workers both import. Made by `defineQueue`.
 */
export interface QueueContract<Name extends string = string, Jobs extends JobDefinitions = JobDefinitions> {
  readonly name: Name
  readonly models: readonly Model[]
  /** The jobs as they were defined; the types of payloads, results and progress flow from here. */
  readonly jobs: Jobs
  readonly limits: Partial<Limits> | undefined
  readonly stacks: boolean
  /** Goes before every key of the queue in Redis; BullMQ's `bull` when it is undefined. */
  readonly prefix: string | undefined
  /** `json` when payloads, results and progress may also be plain JSON, as bare BullMQ writes it. */
  readonly accept: 'json' | undefined
  /** What seals every text of the queue, and opens it; none when it is undefined. */
  readonly keys: Keyring | undefined
  readonly compress: Compression | undefined
  /** Which names of properties the paths of its errors print: see codec/printed-names.ts. */
  readonly printedNames: () => Names
  /** The jobs as producers and workers use them, by name. */
  readonly entries: ReadonlyMap<string, ContractJob>
  /** The jobs by the names that they had before. */
  readonly formerly: ReadonlyMap<string, ContractJob>
  /** The schedules that it declares, by id. */
  readonly schedules: ReadonlyMap<string, DeclaredSchedule>
}

/** A job of a contract, worked out once: its schemas in both directions, and its defaults. */
export interface ContractJob {
  /** What the job in Redis is called: its name in the contract, or, of one of `formerly`, the name that it had then. */
  readonly name: string
  /** Its name in the contract, under which its handler is found. */
  readonly current: string
  /** Its other names: texts of the job may name any of them. */
  readonly aliases: readonly string[]
  readonly version: number
  readonly upcast: ReadonlyMap<number, Upcaster>
  readonly payload: Validator
  readonly result: Validator | undefined
  readonly progress: Validator | undefined
  readonly timeoutMs: number | undefined
  readonly options: EnqueueOptions
}

// By its shape: the project's brinemq may be another copy of the package than the command's.
export function isContract(one: unknown): boolean {
  return typeof one === 'object' && one !== null && 'name' in one && 'entries' in one && 'jobs' in one
}

/** Throws OPTIONS_INVALID unless `given` is a contract. `path` is the option's name. */
export function checkContract(given: unknown, path = 'contract'): void {
  if (isContract(given)) return
  const got = typeof given === 'string' ? 'a queue name' : given === null ? 'null' : typeof given
  throw new BrineError('OPTIONS_INVALID', `expected a contract from defineQueue(), got ${got}`, { path })
}

/** The job that a name in Redis means: one of the contract's, or one that was renamed since. */
export function findJob({ entries, formerly }: QueueContract, name: string): ContractJob | undefined {
  return entries.get(name) ?? formerly.get(name)
}

/** The contract as it is for payloads that were stored before: what was parsed before it was stored is not parsed again. */
export function ofStoredPayloads(contract: QueueContract): QueueContract {
  const entries = new Map<string, ContractJob>()
  for (const [name, job] of contract.entries) entries.set(name, { ...job, payload: job.payload.ofStored })
  return { ...contract, entries }
}

/** The names of a contract's jobs. */
export type JobNames<C extends QueueContract> = keyof C['jobs'] & string

/** What `enqueue` takes for a job: its payload schema's input. */
export type PayloadInput<C extends QueueContract, N extends JobNames<C>> = z.input<C['jobs'][N]['payload']>
/** What a job's handler receives: its payload schema's output. */
export type PayloadOutput<C extends QueueContract, N extends JobNames<C>> = z.output<C['jobs'][N]['payload']>

/** What a job's handler returns: its result schema's input, or anything when there is no schema. */
export type ResultInput<C extends QueueContract, N extends JobNames<C>> = InputOf<C['jobs'][N], 'result'>
/** What `result()` gives: the result schema's output, or unknown when there is no schema. */
export type ResultOutput<C extends QueueContract, N extends JobNames<C>> = OutputOf<C['jobs'][N], 'result'>

/** What a handler may report by `progress`. */
export type ProgressInput<C extends QueueContract, N extends JobNames<C>> = InputOf<C['jobs'][N], 'progress'>
/** What a listener is told of a job's progress. */
export type ProgressOutput<C extends QueueContract, N extends JobNames<C>> = OutputOf<C['jobs'][N], 'progress'>

type InputOf<D extends JobDefinition, K extends 'result' | 'progress'> =
  D extends Record<K, infer S extends z.ZodType> ? z.input<S> : unknown
type OutputOf<D extends JobDefinition, K extends 'result' | 'progress'> =
  D extends Record<K, infer S extends z.ZodType> ? z.output<S> : unknown
