import type { ContractJob, QueueContract } from '../../contract/contract.ts'
import type { EnqueueOptions } from '../../contract/job-options.ts'
import { BrineError } from '../../errors.ts'
import { Existing, type StoredQueue } from '../bullmq/stored-queue.ts'
import { maybeAdded, type Sender } from '../connection/send.ts'
import { boundToParent } from '../flow/bind-flow.ts'
import type { Enqueued } from '../job/enqueued.ts'
import type { JobHandle } from '../job/job-handle.ts'
import { allThroughMiddlewares, throughMiddlewares, type UntypedEnqueueMiddleware } from './enqueue-middleware.ts'
import { enqueuedAs, type Prepared, type Preparer } from './prepare.ts'
import type { BulkItem } from './producer.ts'

/** Checks jobs, tells the middlewares of them, and sends them. */
export interface Enqueuer {
  enqueue(name: string, payload: unknown, given?: EnqueueOptions): Promise<JobHandle>
  enqueueBulk(items: readonly BulkItem<QueueContract>[]): Promise<JobHandle[]>
  /** The rest of `enqueueBulk`, for jobs that were prepared. */
  add(all: readonly Prepared[]): Promise<JobHandle[]>
  /** What an error of BullMQ's, or of a producer that was closed, is told as. */
  refused(error: unknown, job?: string): BrineError
}

export interface EnqueuerOptions {
  contract: QueueContract
  queue: StoredQueue
  sender: Sender
  preparer: Preparer
  use: readonly UntypedEnqueueMiddleware[]
  /** The handle on a job that was sent. */
  follow: (job: ContractJob, id: string, enqueued: Enqueued) => JobHandle
  isClosed: () => boolean
}

export function createEnqueuer(options: EnqueuerOptions): Enqueuer {
  const { contract, queue, sender, preparer, use, follow, isClosed } = options

  function refused(error: unknown, job?: string): BrineError {
    if (isClosed()) return new BrineError('CLOSED', 'the producer is closed; make another', { job })
    if (error instanceof BrineError) return job === undefined ? error : error.relocated({ job })
    // What is left are BullMQ's own refusals of options.
    const remedy = error instanceof Error ? error.message : String(error)
    return new BrineError('OPTIONS_INVALID', remedy, { job, cause: error })
  }

  function followAdded(prepared: Prepared, added: unknown): JobHandle {
    const id = added instanceof Existing ? added.id : String(added)
    const isNew = !(added instanceof Existing) && id === prepared.options.jobId
    return follow(prepared.job, id, enqueuedAs(prepared, isNew))
  }

  /** A job with a parent of its own choice is bound to that one. */
  function bindToParent(prepared: Prepared): Prepared | Promise<Prepared> {
    if (!prepared.bond || !prepared.options.parent) return prepared
    return sender.ask(async () => boundToParent(await queue.backend.client, contract, prepared))
  }

  async function send(given: Prepared): Promise<JobHandle> {
    const { job } = given
    try {
      const bound = bindToParent(given)
      const prepared = bound instanceof Promise ? await bound : bound
      return followAdded(prepared, await sender.send(() => queue.addText(prepared), maybeAdded(prepared.options.jobId)))
    } catch (error) {
      throw refused(error, job.name)
    }
  }

  async function sendAll(given: readonly Prepared[]): Promise<JobHandle[]> {
    try {
      const all = given.some(({ options }) => options.parent) ? await Promise.all(given.map(bindToParent)) : given
      const added = await sender.send(() => queue.addTexts(all))
      return all.map((prepared, index) => followAdded(prepared, added[index]))
    } catch (error) {
      throw refused(error)
    }
  }

  function addOne(prepared: Prepared): Promise<JobHandle> {
    return use.length > 0 ? throughMiddlewares(use, prepared, send) : send(prepared)
  }

  async function add(all: readonly Prepared[]): Promise<JobHandle[]> {
    if (isClosed()) throw refused(undefined)
    return use.length > 0 ? allThroughMiddlewares(use, all, sendAll) : sendAll(all)
  }

  return {
    // Not async, as what it calls is: there are thousands a second, and each promise in between costs more than it says.
    enqueue(name, payload, given) {
      try {
        if (isClosed()) throw refused(undefined, name)
        const prepared = preparer.prepare(name, payload, given)
        return prepared instanceof Promise ? prepared.then(addOne) : addOne(prepared)
      } catch (error) {
        return Promise.reject(error)
      }
    },
    async enqueueBulk(items) {
      if (isClosed()) throw refused(undefined)
      return add(await preparer.prepareAll(items))
    },
    add,
    refused,
  }
}
