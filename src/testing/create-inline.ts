import { checkUse } from '../check-use.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import { checkContract, type JobNames, type QueueContract, type ResultOutput } from '../contract/contract.ts'
import { disposable, type Undisposed } from '../disposable.ts'
import type { EnqueueMiddleware, UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import type { BrineError } from '../errors.ts'
import { createHandle, type HandleSources } from '../job/job-handle.ts'
import type { Ended } from '../job/outcome.ts'
import { checkOptions } from '../options.ts'
import type { Producer } from '../producer/producer.ts'
import { createAttemptEvents } from '../worker/attempt-events.ts'
import type { Backoff } from '../worker/backoff.ts'
import type { Handlers } from '../worker/handler.ts'
import type { UntypedMiddleware } from '../worker/middleware.ts'
import { openHandlers } from '../worker/open-handlers.ts'
import type { Retry } from '../worker/retry.ts'
import { reportErrors } from '../worker/worker-errors.ts'
import { checkHandlers, type WorkerOptions } from '../worker/worker-options.ts'
import { checkPrepared } from './check-prepared.ts'
import type { RateLimit } from './controlled-queue.ts'
import { createInlineWorker } from './inline-worker.ts'
import { childrenInMemory } from './memory-children.ts'
import { enrol } from './memory-flows.ts'
import type { MemoryJob } from './memory-job.ts'
import { createMemoryProducer } from './memory-producer.ts'
import { refuseRedis } from './only-in-redis.ts'
import { type Member, QueueGroup } from './queue-group.ts'
import { createTestClock, type TestClock } from './test-clock.ts'

/** How a job ended, with its result or error decoded to its class, as `result()` would give it. */
export type InlineOutcome<C extends QueueContract> = {
  [N in JobNames<C>]: { readonly id: string; readonly name: N; readonly attempts: number } & (
    | { readonly state: 'completed'; readonly result: ResultOutput<C, N> }
    | { readonly state: 'failed'; readonly error: unknown }
    /** It was refused before its handler began: JOB_QUARANTINED, with the refusal as its cause. */
    | { readonly state: 'quarantined'; readonly error: BrineError }
  )
}[JobNames<C>]

/** A producer and its worker in one, in this process and without a Redis. Code under test takes it as a `Producer`. */
export interface Inline<C extends QueueContract> extends Producer<C> {
  /** The time by which delayed jobs and retries come. It stands still until the test moves it. */
  readonly clock: TestClock
  /**
   * Runs all that waits to the end, delayed jobs and retries included: it moves the clock from one to the next. Gives how each
   * job ended that has ended since the last `drain`, in that order.
   */
  drain(): Promise<InlineOutcome<C>[]>
}

/** Options of {@link createInline}. */
export interface InlineOptions<C extends QueueContract>
  extends Pick<WorkerOptions<C>, 'settings' | 'use' | 'retry' | 'backoff' | 'limiter'> {
  /** A handler for each job of the contract, as `createWorker` takes them. */
  handlers: Handlers<C>
  /** Default: a clock of its own. Share one between several queues. */
  clock?: TestClock | undefined
  /** As `use` of `createProducer`; told of the children that handlers add, too. Default none. */
  enqueues?: readonly EnqueueMiddleware<C>[] | undefined
  /** `false`: jobs wait until `drain` or a move of the clock. Default true: an enqueue runs its job at once. */
  autorun?: boolean | undefined
  /** Told of progress and logs that were refused and that the handler did not wait for. Default: printed to stderr. */
  onError?: ((error: Error) => void) | undefined
}

const workersOptions = ['settings', 'use', 'retry', 'backoff', 'limiter']
const inlineOptions = [...workersOptions, 'handlers', 'clock', 'enqueues', 'autorun', 'onError']

/**
 * Runs a contract's handlers in this process: an enqueue opens, decodes, validates and handles its job at once, and encodes
 * what comes of it, all as a worker does, and returns when the attempt has ended. What the handler throws is not thrown by
 * `enqueue` but given by `result()`. Attempts, backoff and delays are BullMQ's own, on a clock that the test moves.
 *
 * Throws OPTIONS_INVALID.
 *
 * @example
 * const inline = createInline(people, { handlers })
 * const job = await inline.enqueue('greet', { person: john, at: new Date() }, { attempts: 2, backoff: 1_000 })
 * await inline.clock.advance(1_000)
 * console.log(await job.result())
 */
export function createInline<C extends QueueContract>(contract: C, options: InlineOptions<C>): Inline<C> {
  checkContract(contract)
  const given = checkHandlers(contract, options?.handlers)
  checkOptions(options, inlineOptions, 'createInline')
  const { clock = createTestClock(), autorun = true, settings, onError } = options
  const enqueues = checkUse<UntypedEnqueueMiddleware>(options.enqueues)
  let household = new QueueGroup()
  const ends: { job: MemoryJob; ended: Ended }[] = []
  const producer = createMemoryProducer(contract, {
    clock,
    household: () => household,
    use: enqueues,
    check: (prepared) => checkPrepared(contract, prepared),
    added: () => (autorun ? household.run() : undefined),
    due: () => household.run(),
    stop: (id, reason) => worker.stop(id, reason),
    limitRate: (ms) => worker.limitRate(ms),
    ended(job, ended) {
      if (ended.state !== 'missing') ends.push({ job, ended })
    },
  })
  const { codec, queue, follow, members } = producer
  const use = checkUse<UntypedMiddleware>(options.use)
  const opened = openHandlers(contract, codec, given, use)
  const { report } = reportErrors(contract.name, onError)
  const worker = createInlineWorker({
    ...{ contract, codec, queue, clock, journal: producer.journal, handlers: opened.handlers, settings, report },
    enqueues,
    tell: createAttemptEvents(contract, use, report),
    limit: () => mergeLimits(producer.limit(), options.limiter),
    // The names that they are called with are the contract's.
    retry: options.retry as Retry<QueueContract> | undefined,
    backoff: options.backoff as Backoff<QueueContract> | undefined,
    childrenOf: (job) => childrenInMemory(household, member, job),
    woken: () => household.run(),
  })
  const member: Member = {
    ...{ contract, queue, autorun, run: worker.run, handle: follow },
    // What waits though it was run waits for the end of a rate limit.
    nextDueMs: () => (queue.hasWaiting() ? worker.limitedUntilMs() : queue.nextDueMs()),
  }
  household.add(member)

  async function outcomeOf({ job: { id, job, attemptsMade }, ended }: (typeof ends)[number]): Promise<unknown> {
    const told = { id, name: job.name, attempts: attemptsMade }
    try {
      return { ...told, state: 'completed', result: await createHandle(sourcesOf(ended, codec), job, id).result() }
    } catch (error) {
      return { ...told, state: ended.state === 'quarantined' ? ended.state : 'failed', error }
    }
  }

  const inline: Partial<Record<keyof Inline<C>, unknown>> = {
    ...members,
    clock,
    async drain() {
      for (;;) {
        await household.run()
        const dueMs = household.nextDueMs()
        if (dueMs === undefined) break
        await clock.advance(Math.max(0, dueMs - clock.now.getTime()))
      }
      const outcomes: unknown[] = []
      for (const end of ends.splice(0)) outcomes.push(await outcomeOf(end))
      return outcomes
    },
    async close() {
      await members.close()
      await opened.close()
    },
  }
  // The types of names, payloads and results are the contract's: they were checked where these are called.
  const made = refuseRedis(disposable(inline as Undisposed<Inline<C>>))
  enrol(made, household, (to) => {
    household = to
  })
  return made
}

// As BullMQ has it: the queue's number goes over the worker's, and the worker's time over the queue's.
function mergeLimits(queue: RateLimit | undefined, worker: WorkerOptions<QueueContract>['limiter']) {
  if (!worker) return queue
  return { max: queue?.max ?? worker.max, durationMs: worker.duration }
}

/** For the handle of a job that has ended so. */
function sourcesOf(ended: Ended, codec: EnvelopeCodec): HandleSources {
  return { codec, outcomes: { wait: async () => ended, begin() {}, close() {} } }
}
