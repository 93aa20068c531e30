import { EncodedText } from '../bullmq/encoded-text.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import type { Checked, EnvelopeCodec, Place } from '../codec/envelope.ts'
import { isReply, refused } from '../connection/redis-errors.ts'
import type { ContractJob } from '../contract/contract.ts'
import type { UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import { type ChildStore, childrenInRedis } from '../flow/child-store.ts'
import type { HandlerChildren } from '../flow/handler-children.ts'
import { createChildren } from '../flow/job-children.ts'
import type { OpenedPayload } from '../job/open-payload.ts'
import type { Bond } from '../seal/bond.ts'
import { tokenOf } from '../seal/tokens.ts'
import type { HeedCancel, Unseen } from './handle-cancel.ts'
import type { HandlerContext } from './handler.ts'
import { type Attempt, JobContext } from './job-context.ts'

/** How a handler's work came to an end. The value is in a box: it may be a class with a `then` method. */
export type Settled =
  /** The payload could not be opened; the handler did not run. */
  | { state: 'refused'; error: unknown }
  | { state: 'returned'; value: unknown }
  | { state: 'threw'; thrown: unknown }
  | { state: 'abandoned' }

const endings: ReadonlySet<string> = new Set(['JOB_CANCELLED', 'JOB_TIMEOUT'])
// What a handler has to clean up after its signal.
const heedMs = 1_000

type Opening = OpenedPayload | Promise<OpenedPayload>

/** Gives what is stored of a job's children. */
export type ChildrenOf = (stored: StoredJob) => ChildStore

interface Surroundings {
  report: (error: unknown) => void
  /** Default: those in Redis. */
  childrenOf?: ChildrenOf | undefined
  /** Told of the children that the handler adds. */
  enqueues?: readonly UntypedEnqueueMiddleware[] | undefined
  /** Default: a cancel stops the attempt at once, as in memory. */
  handleCancel?: HeedCancel | undefined
}

/** One attempt at a job, from its decoded payload to what its handler makes of it. */
export class RunningJob implements Attempt {
  /** Why the work is in vain, once it is. */
  aborted: BrineError | undefined
  readonly stored: StoredJob
  /** Whether the payload was opened, and the handler called. */
  began = false
  /** What the payload's seal bound it to: all that comes of the attempt is sealed with the same. */
  bond: Bond | undefined
  /** Whether the handler ended so that the job waits for its children. */
  waits = false
  /** Where the handler has added children, once it has. */
  addedTo: ChildStore | undefined
  #children: HandlerChildren | undefined
  #controller: AbortController | undefined
  #settle: ((settled: Settled) => void) | undefined
  #timer: NodeJS.Timeout | undefined
  readonly entry: ContractJob
  readonly #codec: EnvelopeCodec
  readonly #report: (error: unknown) => void
  readonly #childrenOf: ChildrenOf
  readonly #enqueues: readonly UntypedEnqueueMiddleware[] | undefined
  readonly #handleCancel: HeedCancel | undefined

  constructor(
    stored: StoredJob,
    entry: ContractJob,
    codec: EnvelopeCodec,
    { report, childrenOf = childrenInRedis, enqueues, handleCancel }: Surroundings,
  ) {
    this.stored = stored
    this.entry = entry
    this.#codec = codec
    this.#report = report
    this.#childrenOf = childrenOf
    this.#enqueues = enqueues
    this.#handleCancel = handleCancel
  }

  get name(): string {
    return this.entry.current
  }

  get children(): HandlerChildren {
    if (this.#children) return this.#children
    const store = this.#childrenOf(this.stored)
    const add: ChildStore['add'] = async (flows) => {
      this.#refuseStopped()
      this.addedTo = store
      const ids = await store.add(flows)
      const keys = flows.map(({ prefix, queueName }, index) => `${prefix}:${queueName}:${ids[index]}`)
      await this.#heed({ did: 'add', keys })
      return ids
    }
    const endStep: ChildStore['endStep'] = async (name) => {
      this.#refuseStopped()
      await store.endStep(name)
      await this.#heed({ did: 'endStep' })
    }
    const waits = () => {
      this.waits = true
    }
    this.#children = createChildren(
      { ...store, add, endStep, token: tokenOf(this.bond, store.id) },
      waits,
      this.#enqueues,
    )
    return this.#children
  }

  /** A job that is cancelled or out of time adds no children. */
  #refuseStopped(): void {
    if (this.stopped) throw this.stopped
  }

  async #heed(unseen: Unseen): Promise<void> {
    await this.#handleCancel?.(this, unseen)
    this.#refuseStopped()
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.aborted) this.#controller.abort(this.aborted)
    }
    return this.#controller.signal
  }

  /**
   * Opens the payload and runs the handler, unless the attempt is aborted before. It resolves in any case, and for an
   * abandoned job before the handler does.
   */
  run(
    open: () => Opening,
    handle: (payload: unknown, context: HandlerContext, job: ContractJob) => unknown,
  ): Promise<Settled> {
    return new Promise((resolve) => {
      this.#settle = (settled) => {
        this.#settle = undefined
        clearTimeout(this.#timer)
        resolve(settled)
      }
      const begin = ({ value, bond }: OpenedPayload) => {
        this.bond = bond
        if (this.aborted) this.abandon()
        else this.#begin(value, handle)
      }
      const refuse = (error: unknown) => this.#settle?.({ state: 'refused', error })
      try {
        const opening = open()
        if (opening instanceof Promise) opening.then(begin, refuse)
        else begin(opening)
      } catch (error) {
        refuse(error)
      }
    })
  }

  #begin(payload: unknown, handle: (payload: unknown, context: HandlerContext, job: ContractJob) => unknown): void {
    const { name, timeoutMs } = this.entry
    this.began = true
    if (timeoutMs !== undefined) this.#timer = setTimeout(() => this.stop(late(name, timeoutMs)), timeoutMs)
    const returned = (value: unknown) => this.#settle?.({ state: 'returned', value })
    const threw = (thrown: unknown) => this.#settle?.({ state: 'threw', thrown })
    try {
      const result = handle(payload, new JobContext(this), this.entry)
      if (result instanceof Promise) result.then(returned, threw)
      else Promise.resolve(result).then(returned, threw)
    } catch (thrown) {
      threw(thrown)
    }
  }

  /** Aborts the handler's signal; the first reason stands. */
  abort(reason: BrineError): void {
    this.aborted ??= reason
    this.#controller?.abort(this.aborted)
  }

  /** Ends the attempt with `reason`, whatever its handler makes of it: one that does not heed its signal soon is given up. */
  stop(reason: BrineError): void {
    if (!this.#settle || this.aborted) return
    this.abort(reason)
    clearTimeout(this.#timer)
    if (this.began) this.#timer = setTimeout(() => this.abandon(), heedMs)
    else this.abandon()
  }

  /** What the attempt has failed with, however its handler ended, when it was stopped. */
  get stopped(): BrineError | undefined {
    return this.aborted && endings.has(this.aborted.code) ? this.aborted : undefined
  }

  /** Gives up on the handler: whatever it still does is ignored. */
  abandon(): void {
    this.#settle?.({ state: 'abandoned' })
  }

  progress(value: unknown): Promise<void> {
    return this.#told(this.#store(value))
  }

  log(line: string): Promise<void> {
    return this.#told(this.#settle ? this.stored.log(line).then(() => {}) : Promise.resolve())
  }

  async #store(value: unknown): Promise<void> {
    const { name, version, progress } = this.entry
    // A sandboxed handler's was checked and encoded where it was told.
    const place: Place = { kind: 'progress', job: name, version, id: String(this.stored.id), bond: this.bond }
    const checked: Checked = { validator: progress, failure: { code: 'PROGRESS_INVALID', job: name } }
    const stored =
      value instanceof EncodedText ? value : new EncodedText(await this.#codec.encodeChecked(value, place, checked))
    // A late word of a handler that was given up on would overwrite that of the next attempt.
    if (this.#settle) await this.stored.updateProgress(stored)
  }

  // Handlers need not await these: a rejection that nobody takes would end the process.
  #told(work: Promise<void>): Promise<void> {
    const coded = work.catch((error: unknown) => {
      throw isReply(error) ? refused(error).relocated({ job: this.entry.name }) : error
    })
    coded.catch(this.#report)
    return coded
  }
}

function late(job: string, timeoutMs: number): BrineError {
  const remedy = `the attempt took longer than ${timeoutMs} ms; raise the job's timeoutMs in its contract, or enqueue less`
  return new BrineError('JOB_TIMEOUT', remedy, { job })
}
