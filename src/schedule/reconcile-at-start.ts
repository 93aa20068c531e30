import { setTimeout as wait } from 'node:timers/promises'
import { StoredQueue } from '../bullmq/stored-queue.ts'
import type { StoredWorker } from '../bullmq/stored-worker.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { Connection } from '../connection/connection.ts'
import type { QueueContract } from '../contract/contract.ts'
import type { UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { reconcileSchedules } from './reconcile.ts'
import { createReconcileLease } from './reconcile-lease.ts'
import type { RunGuard } from './run-guard.ts'
import { scheduleThroughMiddlewares } from './schedule-middleware.ts'
import type { PreparedSchedule } from './stored-schedules.ts'
import { writeSchedule } from './write-schedule.ts'

export interface AtStart {
  contract: QueueContract
  codec: EnvelopeCodec
  worker: StoredWorker
  connection: Connection
  prefix: string | undefined
  /** Told of each schedule before it is written. */
  enqueues: readonly UntypedEnqueueMiddleware[]
  /** Learns which templates are the newest. */
  guard: RunGuard | undefined
  report: (error: unknown) => void
}

const againMs = 1_000
const longestMs = 60_000

/**
 * Reconciles the contract's schedules once the worker is connected, beside its work. Reports what goes wrong, each error once in a row, and
 * tries again, a minute apart at the most, until the schedules are reconciled or the worker closes.
 */
export async function reconcileAtStart({
  contract,
  codec,
  worker,
  connection,
  prefix,
  enqueues,
  guard,
  report,
}: AtStart): Promise<void> {
  const reconcile = async () => {
    await worker.waitUntilReady()
    const options = {
      ...(prefix !== undefined && { prefix }),
      maxTextBytes: codec.maxTextBytes,
      skipVersionCheck: true,
    }
    const queue = new StoredQueue(contract.name, connection, options)
    // Errors of the connection are the worker's to tell.
    queue.on('error', () => {})
    try {
      // A worker's connection waits for its server.
      const send = <T>(work: () => Promise<T>) => work()
      const lease = createReconcileLease(queue, connection.client, send)
      const writer = { contract, codec, queue, note: guard?.note }
      const write = (id: string, schedule: PreparedSchedule, declared: string) =>
        scheduleThroughMiddlewares(enqueues, { queue: contract.name, id, codec }, schedule, (merged) =>
          writeSchedule(writer, id, merged, declared),
        )
      await reconcileSchedules({ ...writer, lease, send, write })
    } finally {
      await queue.close()
    }
  }
  let last: string | undefined
  for (let ms = againMs; ; ms = Math.min(ms * 2, longestMs)) {
    try {
      return await reconcile()
    } catch (error) {
      // A worker that closes takes the connection away.
      if (worker.closing !== undefined) return
      if (String(error) !== last) report(error)
      last = String(error)
    }
    await wait(ms, undefined, { ref: false })
    if (worker.closing !== undefined) return
  }
}
