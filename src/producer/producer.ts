import type { Queue } from 'bullmq'
import { StoredEvents, StoredQueue } from '../bullmq/stored-queue.ts'
import { type Connection, openConnection } from '../connection/connection.ts'
import { createSender } from '../connection/sender.ts'
import { findJob, type JobNames, type PayloadInput, type QueueContract } from '../contract/contract.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import { disposable, type Undisposed } from '../disposable.ts'
import { createPreparer } from '../enqueue/prepare.ts'
import { readBack } from '../events/bounded-entries.ts'
import type { EventsOptions, JobEvent } from '../events/job-events.ts'
import { createEventReaders } from '../events/read-events.ts'
import { codecOf } from '../job/contract-codec.ts'
import type { Enqueued } from '../job/enqueued.ts'
import { createJobControl } from '../job/job-control.ts'
import { createHandle, type JobHandle } from '../job/job-handle.ts'
import { createOutcomes } from '../job/outcome.ts'
import { openQuarantine, type Quarantine } from '../quarantine/quarantine.ts'
import { createReconcileLease } from '../schedule/reconcile-lease.ts'
import { createSchedules, type Schedules } from '../schedule/schedules.ts'
import { createControl, type QueueControl } from './control.ts'
import { createEnqueuer } from './enqueuer.ts'
import { type MapOptions, type MapOutcome, mapJobs } from './map-jobs.ts'
import { checkProducerOptions, type ProducerOptions } from './producer-options.ts'

/** One job of an `enqueueBulk`. */
export type BulkItem<C extends QueueContract> = {
  [N in JobNames<C>]: { name: N; payload: PayloadInput<C, N>; options?: EnqueueOptions }
}[JobNames<C>]

/** Enqueues the jobs of a contract, and follows them. Made by `createProducer`. */
export interface Producer<C extends QueueContract> extends AsyncDisposable {
  /**
   * Adds a job. Throws before anything is sent: JOB_UNKNOWN, PAYLOAD_INVALID, OPTIONS_INVALID, the codec's refusals with
   * their path; then REDIS_UNREACHABLE and REDIS_REFUSED; CLOSED.
   */
  enqueue<N extends JobNames<C>>(
    name: N,
    payload: PayloadInput<C, N>,
    options?: EnqueueOptions,
  ): Promise<JobHandle<C, N>>
  /**
   * Adds many jobs, 500 in a round trip. All are checked before one is sent; errors name the item: `$[2].payload.person`. Of more than 500, do not
   * change payloads until it resolves: they are encoded in turns, so that other work goes on.
   *
   * When Redis refuses some on the way, or does not answer, the others may have been added: `error.bulk` lists by index and id which were, which were not, and of
   * which it is not known. A second call with those ids as `jobId` adds each once.
   */
  enqueueBulk<const Items extends readonly BulkItem<C>[]>(
    items: Items,
  ): Promise<{ -readonly [I in keyof Items]: JobHandle<C, Items[I]['name']> }>
  /**
   * Has a job done for every payload of an (async) iterable, and yields how each ended, as they end. No more than `inFlight`
   * payloads are taken ahead of what was yielded, so memory does not grow with their number; they are enqueued many at a
   * time. A payload that is refused, and a job that fails or is late, is an outcome too. Leaving the loop closes the source;
   * jobs that were enqueued go on.
   *
   * Throws JOB_UNKNOWN and OPTIONS_INVALID; the loop ends with REDIS_UNREACHABLE, REDIS_REFUSED, CLOSED, the signal's reason,
   * and, when what was taken has ended, with what the source throws.
   *
   * @example
   * for await (const outcome of producer.map('digest', files, { inFlight: 200 })) {
   *   if (outcome.status === 'completed') console.log(outcome.result)
   *   else console.error(outcome.payload, outcome.error)
   * }
   */
  map<N extends JobNames<C>>(
    name: N,
    payloads: Iterable<PayloadInput<C, N>> | AsyncIterable<PayloadInput<C, N>>,
    options?: MapOptions<PayloadInput<C, N>>,
  ): AsyncGenerator<MapOutcome<C, N>, void, undefined>
  /**
   * What happens to the jobs of the queue, in any process: values decoded to their classes and typed by the contract, told
   * apart by `type` and `name`. It goes on until the loop is left, `signal` aborts, or the producer closes, which ends it
   * quietly. It resumes after any `position`, as far as Redis has kept the events (BullMQ's `streams.events.maxLen`, about
   * 10,000). Where it has not, a `missed` event says so. An event
   * that cannot be read says so in `unreadable`, and ends nothing.
   *
   * Throws OPTIONS_INVALID and CLOSED at once; the loop ends with the signal's reason.
   *
   * @example
   * for await (const event of producer.events({ after: lastPosition })) {
   *   if (event.type === 'completed' && event.name === 'greet') console.log(event.result?.text)
   * }
   */
  events(options?: EventsOptions): AsyncGenerator<JobEvent<C>, void, undefined>
  /** The handle on a job that was enqueued earlier, or elsewhere. Throws JOB_UNKNOWN. */
  job<N extends JobNames<C>>(name: N, id: string): JobHandle<C, N>
  /** What holds for the queue as a whole: limits, pause and resume, counts, cleaning. */
  readonly control: QueueControl
  /** The jobs that workers refused, kept as they were. */
  readonly quarantine: Quarantine
  /** Jobs that run again and again. */
  readonly schedules: Schedules<C>
  /** Ends what waits for results, with CLOSED, and hangs up. Jobs go on. */
  close(): Promise<void>
  /** The BullMQ queue, for what is not wrapped. Its jobs hold encoded texts; closing it is left to `close`. */
  readonly bullmq: Queue<unknown, unknown, string>
}

/**
 * Enqueues the jobs of a contract and gives their results. It connects at once, and reads the queue's events from the first
 * `result()` on.
 *
 * Throws OPTIONS_INVALID, and MODEL_INVALID for models that cannot stand beside each other.
 *
 * @example
 * const producer = createProducer(people, { connection: 'redis://127.0.0.1:6379' })
 * const job = await producer.enqueue('greet', { person: new Person('John', 20), at: new Date() }, { delay: 500 })
 * const { text } = await job.result({ timeoutMs: 10_000 })
 * await producer.close()
 */
export function createProducer<C extends QueueContract>(
  contract: C,
  options: ProducerOptions<NoInfer<C>> = {},
): Producer<C> {
  return openProducer(contract, options).producer
}

export interface OpenProducer<C extends QueueContract> {
  producer: Producer<C>
  /** The handle on a job of the queue that this process has enqueued in another way than by `producer`, as a flow does. */
  follow(name: string, id: string, enqueued: Enqueued | undefined): JobHandle
}

export function openProducer<C extends QueueContract>(
  contract: C,
  options: ProducerOptions<NoInfer<C>>,
): OpenProducer<C> {
  const { connection: given, enqueueTimeoutMs, use, keyed, ofQueue } = checkProducerOptions(contract, options)
  const codec = codecOf(contract, keyed.prefix)
  const { maxTextBytes } = codec
  const connection = openConnection(given, 'fail')
  const sender = createSender(connection, enqueueTimeoutMs)
  const queue = new StoredQueue(contract.name, connection, { ...ofQueue, ...keyed, maxTextBytes })
  queue.on('error', ignore)
  const opened: { events: StoredEvents; connection: Connection }[] = []
  const outcomes = createOutcomes({
    queue,
    readBack: (end, count) => readBack(connection, queue.toKey('events'), { end, count, mostBytes: maxTextBytes }),
    openEvents(lastEventId) {
      const reader = connection.another()
      const events = new StoredEvents(contract.name, reader, { ...keyed, maxTextBytes, lastEventId })
      events.on('error', ignore)
      opened.push({ events, connection: reader })
      return events
    },
  })
  const sources = { outcomes, codec, control: createJobControl({ contract, queue, connection, codec, sender }) }
  const preparer = createPreparer(contract, codec, queue.keys)
  const readers = createEventReaders({ contract, codec, queue, connection, openReader: () => connection.another() })
  let closing: Promise<void> | undefined

  const isClosed = () => closing !== undefined
  const enqueuer = createEnqueuer({
    ...{ contract, queue, sender, preparer, use, isClosed },
    follow(job, id, enqueued) {
      outcomes.begin(id)
      return createHandle(sources, job, id, enqueued)
    },
  })
  const { enqueue, enqueueBulk, add, refused } = enqueuer

  async function shutDown(): Promise<void> {
    outcomes.close()
    await readers.close()
    const ended = opened.map(({ events }) => events.close())
    ended.push(queue.close())
    await Promise.all([connection.close(), ...opened.map((reader) => reader.connection.close())])
    await Promise.allSettled(ended)
  }

  const schedules = createSchedules<C>({
    ...{ contract, codec, queue, sender, use, find: preparer.find },
    lease: (send) => createReconcileLease(queue, connection.client, send),
    handle: (job, id) => createHandle(sources, job, id),
    refused,
    isClosed,
  })
  const { prefix } = keyed
  const follow = (name: string, id: string, enqueued?: Enqueued) =>
    createHandle(sources, findJob(contract, name) ?? preparer.find(name), id, enqueued)
  // The types of names, payloads and results are the contract's: they were checked where these are called.
  const producer = disposable<Producer<C>>({
    control: createControl({ queue, sender, refused, isClosed }),
    quarantine: openQuarantine({ contract, codec, connection, sender, prefix, refused, isClosed }),
    schedules,
    enqueue,
    enqueueBulk,
    map: (name: string, payloads: Iterable<unknown>, given?: MapOptions<unknown>) =>
      mapJobs({ prepare: preparer.prepare, add }, preparer.find(name).name, payloads, given),
    events: readers.read,
    job: (name: string, id: string) => follow(name, id),
    close() {
      closing ??= shutDown()
      return closing
    },
    bullmq: queue,
  } as Undisposed<Producer<C>>)
  return { producer, follow }
}

function ignore(): void {
  // Errors of connections are told by what they make fail.
}
