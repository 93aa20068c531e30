import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { Sender } from '../connection/sender.ts'
import type { ContractJob, JobNames, PayloadInput, PayloadOutput, QueueContract } from '../contract/contract.ts'
import { type CheckedRepeat, checkRepeat, type Repeat } from '../contract/repeat.ts'
import { checkScheduleId, checkScheduleOptions, type ScheduleOptions } from '../contract/schedules.ts'
import type { UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import type { JobHandle } from '../job/job-handle.ts'
import { describeSchedule } from './describe-schedule.ts'
import { type Reconciled, reconcileSchedules } from './reconcile.ts'
import type { ReconcileLease } from './reconcile-lease.ts'
import { scheduleThroughMiddlewares } from './schedule-middleware.ts'
import {
  hasEnded,
  type PreparedSchedule,
  prepareSchedule,
  readSchedule,
  readSchedules,
  type ScheduledQueue,
  type StoredSchedule,
} from './stored-schedules.ts'
import { writeSchedule } from './write-schedule.ts'

/** What `upsert` takes. */
export interface ScheduleInput<C extends QueueContract, N extends JobNames<C>> {
  name: N
  payload: PayloadInput<C, N>
  repeat: Repeat
  /** BullMQ's options for each run; the contract's defaults stand under them. */
  options?: ScheduleOptions
}

interface Described<Name extends string> {
  readonly id: string
  readonly name: Name
  /** Of its next run. In the past when that run waits or works now, or when no other follows. */
  readonly next: Date
  readonly repeat: Pick<CheckedRepeat, 'pattern' | 'every' | 'tz' | 'limit' | 'offset'> & {
    startDate?: Date
    endDate?: Date
  }
  /** How many runs there were, the next one among them. */
  readonly iterationCount: number
  /** Whether it comes from the contract. */
  readonly declared: boolean
}

/** A schedule whose payload this contract reads. */
export interface ReadableSchedule<C extends QueueContract, N extends JobNames<C>> extends Described<N> {
  /** What the handler will receive. */
  readonly payload: PayloadOutput<C, N>
  readonly nextRun: JobHandle<C, N>
  readonly error?: undefined
}

/** A schedule whose runs will go to quarantine: `error` is what they will be refused with. */
export interface UnreadableSchedule extends Described<string> {
  readonly payload?: undefined
  readonly nextRun?: undefined
  readonly error: BrineError
}

/** A schedule as Redis holds it. Where `error` is undefined, `name` tells the types of the rest. */
export type Schedule<C extends QueueContract> =
  | { [N in JobNames<C>]: ReadableSchedule<C, N> }[JobNames<C>]
  | UnreadableSchedule

/** Jobs that run again and again: BullMQ's job schedulers, with the contract's types. */
export interface Schedules<C extends QueueContract> {
  /**
   * Adds a schedule, or changes the one of that id: its next run is then what the new one says. Throws before anything is
   * sent: OPTIONS_INVALID for ids, patterns, time zones and options, JOB_UNKNOWN, PAYLOAD_INVALID, the codec's refusals.
   *
   * @example
   * await producer.schedules.upsert('nightly', { name: 'greet', payload, repeat: { pattern: '0 3 * * *', tz: 'Europe/Berlin' } })
   */
  upsert<N extends JobNames<C>>(
    id: string,
    schedule: ScheduleInput<C, N>,
  ): Promise<{ id: string; next: Date; nextRun: JobHandle<C, N> }>
  /** All schedules, the next to run first. */
  list(): Promise<Schedule<C>[]>
  get(id: string): Promise<Schedule<C> | undefined>
  /** Removes a schedule and its next run, and says whether there was one. A run that works goes on. */
  remove(id: string): Promise<boolean>
  /**
   * Adds, changes and removes what the contract declares, and says what it did; schedules made by hand stay as they are. A
   * worker does this when it starts. Throws what `upsert` throws, with the path in the contract.
   */
  reconcile(): Promise<Reconciled>
}

export interface SchedulesOptions {
  contract: QueueContract
  codec: EnvelopeCodec
  queue: ScheduledQueue
  sender: Sender
  /** Told of each schedule before it is written. */
  use: readonly UntypedEnqueueMiddleware[]
  /** Keeps other processes off while one reconciles; `send` bounds its commands. */
  lease: (send: Sender['send']) => ReconcileLease
  /** Default the machine's. */
  nowMs?: (() => number) | undefined
  find: (name: string) => ContractJob
  handle: (job: ContractJob, id: string) => JobHandle
  /** What an error of BullMQ's, or of a producer that was closed, is told as. */
  refused: (error: unknown, job?: string) => BrineError
  isClosed: () => boolean
}

export function createSchedules<C extends QueueContract>(options: SchedulesOptions): Schedules<C> {
  const { contract, codec, queue, sender, use, lease, nowMs = Date.now, find, handle, refused, isClosed } = options

  async function send<T>(work: () => Promise<T>, job?: string, run: Sender['ask'] = sender.send): Promise<T> {
    if (isClosed()) throw refused(undefined, job)
    try {
      return await run(work)
    } catch (error) {
      throw refused(error, job)
    }
  }
  const ask = <T>(work: () => Promise<T>) => send(work, undefined, sender.ask)

  function write(id: string, schedule: PreparedSchedule, declared?: string): Promise<string> {
    const place = { queue: contract.name, id, codec }
    return scheduleThroughMiddlewares(use, place, schedule, (merged) =>
      send(() => writeSchedule({ contract, codec, queue }, id, merged, declared), merged.job.name),
    )
  }

  const describe = (stored: StoredSchedule) => describeSchedule({ contract, codec, find, handle }, stored)

  // The types of names and payloads are the contract's: they were checked where these are called.
  return {
    async upsert(id: string, { name, payload, repeat: given, options: own = {} }: AnyInput) {
      checkScheduleId(id, { code: 'OPTIONS_INVALID', path: 'id' })
      const job = find(name)
      const repeat = checkRepeat(given, { code: 'OPTIONS_INVALID', job: name, path: 'repeat' })
      if (hasEnded(repeat, nowMs())) {
        throw new BrineError('OPTIONS_INVALID', 'has passed', { job: name, path: 'repeat.endDate' })
      }
      const checked = checkScheduleOptions(own, { code: 'OPTIONS_INVALID', job: name })
      const prepared = await prepareSchedule(codec, id, { job, payload, repeat, options: checked }, nowMs())
      const run = await write(id, prepared)
      const next = new Date(Number(run.slice(run.lastIndexOf(':') + 1)))
      return { id, next, nextRun: handle(job, run) }
    },
    async list() {
      const all = await ask(() => readSchedules(queue))
      return Promise.all(all.map(describe))
    },
    async get(id: string) {
      const stored = await ask(() => readSchedule(queue, id))
      return stored && describe(stored)
    },
    remove: (id: string) => send(() => queue.removeJobScheduler(id)),
    reconcile: () => reconcileSchedules({ contract, codec, queue, lease: lease(send), send, nowMs, write }),
  } as Schedules<C>
}

type AnyInput = ScheduleInput<QueueContract, string>
