import { queueKeys } from '../bullmq/in-memory-job.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { Sender } from '../connection/sender.ts'
import { type ContractJob, findJob, type QueueContract } from '../contract/contract.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import {
  allThroughMiddlewares,
  throughMiddlewares,
  type UntypedEnqueueMiddleware,
} from '../enqueue/enqueue-middleware.ts'
import { createPreparer, enqueuedAs, type Prepared, rebind } from '../enqueue/prepare.ts'
import { BrineError } from '../errors.ts'
import type { EventsOptions, JobEvent } from '../events/job-events.ts'
import { codecOf } from '../job/contract-codec.ts'
import type { Enqueued } from '../job/enqueued.ts'
import { createHandle, type HandleSources, type JobHandle } from '../job/job-handle.ts'
import type { Ended } from '../job/outcome.ts'
import { createControl, type QueueControl } from '../producer/control.ts'
import { type MapOptions, mapJobs } from '../producer/map-jobs.ts'
import type { BulkItem } from '../producer/producer.ts'
import type { ReconcileLease } from '../schedule/reconcile-lease.ts'
import { createSchedules, type Schedules } from '../schedule/schedules.ts'
import { controlledQueue, type RateLimit } from './controlled-queue.ts'
import { createJournal, type EventLog } from './event-log.ts'
import { createMemoryControl } from './memory-control.ts'
import { createMemoryEvents } from './memory-events.ts'
import { type MemoryJob, tokenIn } from './memory-job.ts'
import { createMemoryOutcomes } from './memory-outcomes.ts'
import { createMemoryQueue, type MemoryQueue } from './memory-queue.ts'
import { createMemoryScheduler } from './memory-scheduler.ts'
import { adopt } from './parent-link.ts'
import type { QueueGroup } from './queue-group.ts'
import type { TestClock } from './test-clock.ts'

export interface MemoryProducer {
  readonly codec: EnvelopeCodec
  readonly queue: MemoryQueue
  readonly journal: EventLog
  /** The handle on a job that was enqueued as `enqueued` says, or elsewhere. */
  follow(name: string, id: string, enqueued?: Enqueued): JobHandle
  /** What `control.setRateLimit` set. */
  limit(): RateLimit | undefined
  /** The members of a `Producer` that need no Redis. */
  readonly members: {
    enqueue(name: string, payload: unknown, options?: EnqueueOptions): Promise<JobHandle>
    enqueueBulk(items: readonly BulkItem<QueueContract>[]): Promise<JobHandle[]>
    map(name: string, payloads: Iterable<unknown> | AsyncIterable<unknown>, options?: MapOptions<unknown>): unknown
    job(name: string, id: string): JobHandle
    events(options?: EventsOptions): AsyncGenerator<JobEvent, void, undefined>
    readonly control: QueueControl
    readonly schedules: Schedules<QueueContract>
    close(): Promise<void>
  }
}

export interface MemoryProducerOptions {
  clock: TestClock
  /** Where the parents of its jobs are. */
  household: () => QueueGroup
  use: readonly UntypedEnqueueMiddleware[]
  /** Before anything is added; what it throws is what `enqueue` throws. */
  check: (prepared: Prepared) => unknown
  /** These were added by one call; `enqueue` waits for what it does. */
  added: (jobs: readonly MemoryJob[]) => unknown
  /** A delayed job waits now, or one that had ended. */
  due: () => unknown
  /** Stops the attempt that works on a job now. */
  stop: (id: string, reason: BrineError) => void
  ended: (job: MemoryJob, ended: Ended) => void
  /** Takes no job for so long. */
  limitRate: (ms: number) => void
}

/** A producer whose jobs stay in memory, checked and encoded as in production. */
export function createMemoryProducer(
  contract: QueueContract,
  { clock, household, use, check, added, due, stop, ended, limitRate }: MemoryProducerOptions,
): MemoryProducer {
  const codec = codecOf(contract)
  const preparer = createPreparer(contract, codec, queueKeys(contract))
  const journal = createJournal(clock)
  let limit: RateLimit | undefined
  const outcomes = createMemoryOutcomes(() => queue, clock)
  const queue = createMemoryQueue({
    ...{ clock, journal, stop },
    onTaken: (job) => scheduler.taken(job),
    onDue: due,
    onAdded: (job) => void added([job]),
    onEnded(job, how) {
      ended(job, how)
      outcomes.settle(job.id, how)
    },
  })
  const sources: HandleSources = {
    outcomes,
    codec,
    control: createMemoryControl({ contract, queue, codec, woken: due, released: () => added([]) }),
  }
  let closed = false

  async function add(all: readonly Prepared[]): Promise<JobHandle[]> {
    return use.length > 0
      ? allThroughMiddlewares(use, all, async (given) => ({ handles: await send(given) }))
      : send(all)
  }

  async function send(all: readonly Prepared[]): Promise<JobHandle[]> {
    for (const prepared of all) {
      await check(prepared)
      findParent(prepared)
    }
    const stored = all.map((given) => {
      const parent = findParent(given)
      const prepared = parent?.token && given.bond ? rebind(given, { parent: parent.token }) : given
      const { id, added: job } = queue.add(prepared)
      if (parent && job) adopt(parent, contract, { queue, job })
      return { id, added: job, prepared }
    })
    await added(stored.flatMap(({ added: job }) => job ?? []))
    return stored.map(({ id, added: job, prepared }) =>
      follow(prepared.job, id, enqueuedAs(prepared, job !== undefined)),
    )
  }

  function findParent({ job: { name }, options: { parent } }: Prepared) {
    if (!parent) return undefined
    const found = household().find(parent.queue)
    const job = found?.queue.get(parent.id)
    if (found && job) return { queue: found.queue, job, token: tokenIn(job, found.contract) }
    // As BullMQ says it.
    const remedy = `Missing key for parent job ${parent.queue}:${parent.id}. addJob`
    throw new BrineError('OPTIONS_INVALID', remedy, { job: name })
  }

  async function sendOne(prepared: Prepared): Promise<JobHandle> {
    const [handle = follow(prepared.job, prepared.options.jobId)] = await send([prepared])
    return handle
  }

  function follow(job: ContractJob, id: string, enqueued?: Enqueued): JobHandle {
    return createHandle(sources, job, id, enqueued)
  }

  function followByName(name: string, id: string, enqueued?: Enqueued): JobHandle {
    return follow(findJob(contract, name) ?? preparer.find(name), id, enqueued)
  }

  function refused(error: unknown, job?: string): BrineError {
    if (closed) return new BrineError('CLOSED', 'the producer is closed; make another', { job })
    if (error instanceof BrineError) return error
    return new BrineError('OPTIONS_INVALID', error instanceof Error ? error.message : String(error), {
      job,
      cause: error,
    })
  }

  function refuseClosed(job?: string): void {
    if (closed) throw refused(undefined, job)
  }

  const isClosed = () => closed
  const setLimit = (given: RateLimit | undefined) => {
    limit = given
  }
  const controlled = controlledQueue({
    ...{ queue, journal, clock, limitRate, setLimit },
    ...{ getLimit: () => limit, woken: due },
  })

  const scheduler = createMemoryScheduler({
    name: contract.name,
    queue,
    clock,
    find: preparer.find,
    added: () => added([]),
  })
  const schedules = createSchedules<QueueContract>({
    ...{
      contract,
      codec,
      queue: scheduler.queue,
      sender: atOnce,
      use,
      find: preparer.find,
      handle: (job, id) => follow(job, id),
      refused,
      isClosed,
    },
    lease: () => alone,
    nowMs: () => clock.now.getTime(),
  })

  return {
    ...{ codec, queue, journal },
    follow: followByName,
    limit: () => limit,
    members: {
      async enqueue(name, payload, options) {
        refuseClosed(name)
        const prepared = await preparer.prepare(name, payload, options)
        return use.length > 0 ? throughMiddlewares(use, prepared, sendOne) : sendOne(prepared)
      },
      async enqueueBulk(items) {
        refuseClosed()
        return add(await preparer.prepareAll(items))
      },
      map: (name, payloads, options) =>
        mapJobs({ prepare: preparer.prepare, add }, preparer.find(name).name, payloads, options),
      events: createMemoryEvents({ contract, codec, journal, isClosed }),
      control: createControl({ queue: controlled, sender: atOnce, refused, isClosed }),
      job: (name, id) => followByName(name, id),
      schedules,
      async close() {
        closed = true
        outcomes.close()
        journal.close()
      },
    },
  }
}

// There is no server that could be away.
const atOnce: Sender = { send: (work) => work(), ask: (work) => work() }
// Nor another process.
const alone: ReconcileLease = { acquire: async () => {}, keep: async () => true, release: async () => {} }
