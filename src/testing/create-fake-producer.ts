import { checkUse } from '../check-use.ts'
import type { Checked, Place } from '../codec/envelope.ts'
import { messageOf } from '../codec/thrown/describe-thrown.ts'
import { checkContract, type JobNames, type QueueContract, type ResultInput } from '../contract/contract.ts'
import { disposable, type Undisposed } from '../disposable.ts'
import type { EnqueueMiddleware, UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import { openPayload } from '../job/open-payload.ts'
import { checkOptions } from '../options.ts'
import type { Producer } from '../producer/producer.ts'
import type { AnyCapturedJob, CapturedJob } from './captured-job.ts'
import { checkPrepared } from './check-prepared.ts'
import { createExpectations, type Expectations } from './expectations.ts'
import { enrol } from './memory-flows.ts'
import { bondIn, type MemoryJob } from './memory-job.ts'
import { createMemoryProducer } from './memory-producer.ts'
import { refuseRedis } from './only-in-redis.ts'
import { type Member, QueueGroup } from './queue-group.ts'
import { createTestClock, type TestClock } from './test-clock.ts'

/** A producer that enqueues nothing, and remembers what it was given. Code under test takes it as a `Producer`. */
export interface FakeProducer<C extends QueueContract> extends Producer<C>, Expectations<C> {
  /** What was enqueued since the beginning, or the last `clear`, in order. */
  readonly jobs: readonly AnyCapturedJob<C>[]
  /** The same, of one name. */
  enqueued<N extends JobNames<C>>(name: N): readonly CapturedJob<C, N>[]
  /**
   * Ends a job with a result, which its `result()` then gives: checked, encoded and decoded as a handler's. `job` is a
   * captured job, a handle, or an id. Throws JOB_REMOVED when there is no such job that waits,
   * JOB_STATE_INVALID when it waits for its children, and what production would fail the job with.
   */
  complete<N extends JobNames<C>>(
    job: { readonly id: string; readonly name: N },
    result: ResultInput<C, N>,
  ): Promise<void>
  complete(id: string, result: unknown): Promise<void>
  /** Ends a job with what a handler might throw, and `result()` rejects with it, decoded to its class. */
  fail(job: { readonly id: string } | string, thrown: unknown): void
  /** Forgets all jobs, and their ids and deduplication. */
  clear(): void
  /** The time by which deduplication ends and `result()` loses patience. */
  readonly clock: TestClock
}

/** Options of {@link createFakeProducer}. */
export interface FakeProducerOptions<C extends QueueContract> {
  /** Default: a clock of its own. */
  clock?: TestClock | undefined
  /** As `createProducer` takes them. Default none. */
  use?: readonly EnqueueMiddleware<C>[] | undefined
}

/**
 * A producer for tests, without a Redis. Each job goes through the contract's checks and the codec to its text and back: what
 * would be refused in production is refused here, a payload that its handler would not get included, and `jobs` holds what the
 * handler would receive. A `jobId` that exists and `deduplication` add nothing, as in BullMQ. Throws OPTIONS_INVALID.
 *
 * @example
 * const producer = createFakeProducer(people)
 * await signUp(producer, 'John')
 * producer.expectEnqueued('greet', { person: { name: 'John' } }, { delay: 500 })
 */
export function createFakeProducer<C extends QueueContract>(
  contract: C,
  options: FakeProducerOptions<NoInfer<C>> = {},
): FakeProducer<C> {
  checkContract(contract)
  checkOptions(options, ['clock', 'use'], 'createFakeProducer')
  const { clock = createTestClock(), use } = options
  let household = new QueueGroup()
  let captured: CapturedJob<QueueContract, string>[] = []
  const { codec, queue, follow, members } = createMemoryProducer(contract, {
    clock,
    household: () => household,
    use: checkUse<UntypedEnqueueMiddleware>(use),
    async check(prepared) {
      checkPrepared(contract, prepared)
      await openPayload(prepared.text, prepared.job, codec, prepared.options.jobId)
    },
    async added(jobs) {
      for (const job of jobs) captured.push(await capture(job))
    },
    due: () => {},
    stop: () => {},
    ended: () => {},
    limitRate: () => {},
  })

  const member: Member = {
    ...{ contract, queue, autorun: false, handle: follow },
    run: async () => false,
    nextDueMs: () => undefined,
    async planted(job) {
      captured.push(await capture(job))
    },
  }
  household.add(member)

  // Decoded anew: what handlers do to their payload, enqueued twice or not, is theirs alone.
  async function capture({ id, job, text, options }: MemoryJob): Promise<CapturedJob<QueueContract, string>> {
    const { value } = await openPayload(text, job, codec, id)
    return { id, name: job.name, payload: value, options: { ...options } }
  }

  function unfinished(id: string): MemoryJob {
    const job = queue.get(id)
    if (job && (job.state === 'waiting' || job.state === 'delayed')) return job
    if (job?.state === 'waiting-children') {
      throw new BrineError('JOB_STATE_INVALID', 'it waits for its children: end these first', { job: job.job.name })
    }
    throw new BrineError('JOB_REMOVED', 'there is no such job that has not ended; see jobs', { job: job?.job.name })
  }

  const fake: Partial<Record<keyof FakeProducer<C>, unknown>> = {
    ...members,
    ...createExpectations(() => captured),
    get jobs() {
      return captured
    },
    enqueued: (name: string) => captured.filter((job) => job.name === name),
    async complete(given: { id: string } | string, result: unknown) {
      const stored = unfinished(idOf(given))
      const { name, version, result: validator } = stored.job
      const place: Place = { kind: 'result', job: name, version, id: stored.id, bond: bondIn(stored, codec) }
      const checked: Checked = { validator, failure: { code: 'RESULT_INVALID', job: name } }
      queue.end(stored, { state: 'completed', text: await codec.encodeChecked(result, place, checked) })
    },
    fail(given: { id: string } | string, thrown: unknown) {
      const stored = unfinished(idOf(given))
      const { name, version } = stored.job
      const encoded = codec.encodeThrown(thrown, {
        ...{ kind: 'error', job: name, version, id: stored.id, bond: bondIn(stored, codec) },
      })
      queue.end(stored, { state: 'failed', reason: messageOf(thrown), encoded })
    },
    clear() {
      captured = []
      queue.clear()
    },
    clock,
  }
  // The types of names, payloads and results are the contract's: they were checked where these are called.
  const made = refuseRedis(disposable(fake as Undisposed<FakeProducer<C>>))
  enrol(made, household, (to) => {
    household = to
  })
  return made
}

function idOf(given: { id: string } | string): string {
  return typeof given === 'string' ? given : given.id
}
