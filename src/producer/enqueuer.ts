import { Existing, type StoredQueue } from '../bullmq/stored-queue.ts'
import { isBroken, isReply, refused as refusedByRedis } from '../connection/redis-errors.ts'
import { isConnectionLost, maybeAdded, type Sender } from '../connection/sender.ts'
import type { ContractJob, QueueContract } from '../contract/contract.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import {
  allThroughMiddlewares,
  type SentBulk,
  throughMiddlewares,
  type UntypedEnqueueMiddleware,
} from '../enqueue/enqueue-middleware.ts'
import { enqueuedAs, itemsInTurn, type Prepared, type Preparer } from '../enqueue/prepare.ts'
import { BrineError } from '../errors.ts'
import { boundToParent } from '../flow/bind-flow.ts'
import type { Enqueued } from '../job/enqueued.ts'
import type { JobHandle } from '../job/job-handle.ts'
import { type Sent, withBulkEnd } from './bulk-end.ts'
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

  /** Sends many, in turns, and stops at the first that is not added. `handles` has those that are. */
  async function sendAll(given: readonly Prepared[]): Promise<SentBulk<JobHandle>> {
    const states: Sent<unknown>[] = given.map(() => ({ state: 'unsent' }))
    const handles: (JobHandle | undefined)[] = []
    try {
      const all = given.some(({ options }) => options.parent) ? await Promise.all(given.map(bindToParent)) : given
      for (let from = 0; from < all.length; from += itemsInTurn) {
        const some = all.slice(from, from + itemsInTurn)
        await sendSome(some, (at, sent) => {
          states[from + at] = sent
        })
        for (const [at, prepared] of some.entries()) {
          const sent = states[from + at]
          if (sent?.state === 'added') handles[from + at] = followAdded(prepared, sent.added)
        }
      }
      return { handles }
    } catch (error) {
      for (const [at, sent] of states.entries()) {
        const prepared = given[at]
        if (sent.state === 'added' && prepared) handles[at] ??= followAdded(prepared, sent.added)
      }
      const ids = given.map(({ options }) => options.jobId)
      return { handles, error: withBulkEnd(refused(error), ids, states) }
    }
  }

  /** Sends some in one round trip, and tells of each what is known of it. */
  async function sendSome(some: readonly Prepared[], tell: (at: number, sent: Sent<unknown>) => void): Promise<void> {
    const left = new Map(some.entries())
    const inDoubt = new Set<number>()
    let isOver = false
    const send = async () => {
      const places = [...left.keys()]
      for (const at of places) tell(at, { state: 'sent' })
      let lost: unknown
      let refusal: unknown
      const settled = queue.addEach([...left.values()]).map((adding, n) => {
        const at = places[n] ?? 0
        return adding.then(
          (added) => {
            left.delete(at)
            if (!isOver) tell(at, { state: 'added', added })
          },
          (reason: unknown) => {
            if (isConnectionLost(reason)) {
              lost ??= reason
              inDoubt.add(at)
            } else {
              refusal ??= reason
              if (isBroken(reason)) inDoubt.add(at)
              if (!isOver && !inDoubt.has(at)) tell(at, { state: 'unsent' })
            }
          },
        )
      })
      await Promise.all(settled)
      if (lost ?? refusal) throw lost ?? (isReply(refusal) ? refusedByRedis(refusal, '') : refusal)
    }
    try {
      await sender.send(send, '')
    } finally {
      isOver = true
    }
  }

  function addOne(prepared: Prepared): Promise<JobHandle> {
    return use.length > 0 ? throughMiddlewares(use, prepared, send) : send(prepared)
  }

  async function add(all: readonly Prepared[]): Promise<JobHandle[]> {
    if (isClosed()) throw refused(undefined)
    if (use.length > 0) return allThroughMiddlewares(use, all, sendAll)
    const { handles, error } = await sendAll(all)
    if (error) throw error
    return handles.filter((handle) => handle !== undefined)
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
