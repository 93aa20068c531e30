import { type ConnectionInput, openConnection } from '../connection/connection.ts'
import { checkContract, type QueueContract } from '../contract/contract.ts'
import { disposable, type Undisposed } from '../disposable.ts'
import { BrineError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { MonitoredJob } from './monitored-job.ts'
import { openQueue } from './open-queue.ts'
import type { QueueMonitor } from './queue-monitor.ts'

/** Options of `createMonitor`. */
export interface MonitorOptions {
  /** Default `redis://127.0.0.1:6379`. */
  connection?: ConnectionInput | undefined
  /** Before every key of the queues. Default each contract's own. */
  prefix?: string | undefined
  /** How long one question may take, in milliseconds, before it fails with REDIS_UNREACHABLE. Default 5,000. */
  timeoutMs?: number | undefined
}

/** What looks at the queues of some contracts. */
export interface Monitor<C extends QueueContract = QueueContract> extends AsyncDisposable {
  /** In the order of the contracts. */
  readonly queues: readonly QueueMonitor<C>[]
  /** That of one contract, with its types. Throws OPTIONS_INVALID for one that it was not given. */
  queue<One extends C>(contract: One): QueueMonitor<One>
  /** The jobs of an id, in whichever queues. */
  find(id: string): Promise<MonitoredJob<C>[]>
  /** Ends event streams and hangs up. */
  close(): Promise<void>
}

const knownOptions = ['connection', 'prefix', 'timeoutMs']

/**
 * Looks at the queues of one contract or several: counts, decoded jobs, failures, times, workers, events. It changes nothing, and
 * one connection serves it, beside one for each event stream.
 *
 * Throws OPTIONS_INVALID.
 *
 * @example
 * const monitor = createMonitor([people, invoices], { connection: 'redis://127.0.0.1:6379' })
 * const { jobs } = await monitor.queue(people).jobs('failed')
 * for (const { id, payload } of jobs) console.log(id, payload.unreadable ?? payload.value)
 * await monitor.close()
 */
export function createMonitor<const C extends QueueContract>(
  contracts: C | readonly C[],
  options: MonitorOptions = {},
): Monitor<C> {
  const all = [contracts].flat()
  for (const contract of all) checkContract(contract)
  checkOptions(options, knownOptions, 'createMonitor')
  const { prefix, timeoutMs = 5_000 } = options
  if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) {
    throw new BrineError('OPTIONS_INVALID', 'must be milliseconds, more than 0', { path: 'timeoutMs' })
  }
  const connection = openConnection(options.connection, 'fail')
  const opened = all.map((contract) => openQueue(contract, { connection, prefix, timeoutMs }))
  let closing: Promise<void> | undefined

  async function shutDown(): Promise<void> {
    const ended = opened.map((queue) => queue.close())
    await connection.close()
    await Promise.allSettled(ended)
  }

  // Each queue's types are those of its contract.
  return disposable<Monitor<C>>({
    queues: opened,
    queue(contract: QueueContract) {
      const found = opened.find((one) => one.contract === contract)
      if (found) return found
      throw new BrineError('OPTIONS_INVALID', `the monitor was not given the contract of '${contract?.name}'`)
    },
    async find(id) {
      const found = await Promise.all(opened.map((queue) => queue.job(id)))
      return found.filter((job) => job !== undefined)
    },
    close() {
      closing ??= shutDown()
      return closing
    },
  } as Undisposed<Monitor<C>>)
}
