import { StoredQueue } from '../bullmq/stored-queue.ts'
import type { Connection } from '../connection/connection.ts'
import { createSender } from '../connection/sender.ts'
import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { createEventReaders } from '../events/read-events.ts'
import { codecOf } from '../job/contract-codec.ts'
import { type JobState, readState } from '../job/inspect-job.ts'
import { createControl } from '../producer/control.ts'
import { openQuarantine } from '../quarantine/quarantine.ts'
import { type FailedJob, groupFailures } from './group-failures.ts'
import { readFailures } from './job-failure.ts'
import type { MonitoredJob } from './monitored-job.ts'
import type { JobPage, ListedState, PageOptions, QueueMonitor } from './queue-monitor.ts'
import { readContracts } from './read-contracts.ts'
import { readJobs, readKept } from './read-job.ts'
import { readOldest } from './read-oldest.ts'
import { readThroughput } from './read-throughput.ts'
import { readTimes } from './read-times.ts'
import { readWorkers } from './read-workers.ts'

/** A monitor of one queue, and what closes it. */
export interface OpenedQueue<C extends QueueContract = QueueContract> extends QueueMonitor<C> {
  close(): Promise<void>
}

export interface OpenQueueOptions {
  connection: Connection
  prefix: string | undefined
  timeoutMs: number
}

// BullMQ's names of the states, where they differ.
const keyOf: Readonly<Record<ListedState, string>> = {
  waiting: 'wait',
  active: 'active',
  delayed: 'delayed',
  prioritized: 'prioritized',
  'waiting-children': 'waiting-children',
  completed: 'completed',
  failed: 'failed',
}

const lists: ReadonlySet<string> = new Set(['wait', 'active'])
const endsFirst: ReadonlySet<string> = new Set(['completed', 'failed'])
const mostJobs = 500
const pageOfFailures = 100
const mostSampled = 10_000
const mostMinutes = 1_440

export function openQueue<C extends QueueContract>(contract: C, options: OpenQueueOptions): OpenedQueue<C> {
  const { connection, prefix = contract.prefix, timeoutMs } = options
  const { client } = connection
  const codec = codecOf(contract, prefix)
  const queue = new StoredQueue(contract.name, connection, {
    ...(prefix !== undefined && { prefix }),
    maxTextBytes: codec.maxTextBytes,
    skipVersionCheck: true,
    // Who watches may not write.
    skipMetasUpdate: true,
  })
  queue.on('error', () => {})
  const sender = createSender(connection, timeoutMs)
  const sources = { contract, codec, queue, connection }
  const readers = createEventReaders({ ...sources, openReader: () => connection.another() })
  let closed = false
  const refused = (error: unknown) => (closed ? closedError() : error)
  const control = createControl({ queue, sender, refused, isClosed: () => closed })

  const quarantine = openQuarantine({
    ...{ contract, codec, connection, prefix, sender, refused, isClosed: () => closed },
  })

  async function ask<T>(question: () => Promise<T>): Promise<T> {
    if (closed) throw closedError()
    try {
      return await sender.ask(question)
    } catch (error) {
      throw refused(error)
    }
  }

  /** Those that come next, or happened last, first. */
  async function idsOf(state: ListedState, { start = 0, count = 20, reverse = false }: PageOptions) {
    const key = queue.toKey(keyOf[state])
    const end = start + count - 1
    if (!lists.has(keyOf[state])) {
      const total = await client.zcard(key)
      const last = endsFirst.has(state) !== reverse
      return {
        total,
        ids: last ? await client.zrevrange(key, start, end) : await client.zrange(key, `${start}`, `${end}`),
      }
    }
    // Workers take from the end of the list.
    const total = await client.llen(key)
    const ids = reverse ? await client.lrange(key, start, end) : await client.lrange(key, -1 - end, -1 - start)
    return { total, ids: reverse ? ids : ids.reverse() }
  }

  async function jobs(state: ListedState, page: PageOptions = {}): Promise<JobPage<C>> {
    const { start = 0, count = 20 } = page
    if (!Object.hasOwn(keyOf, state)) throw invalid('state', `one of ${Object.keys(keyOf).join(', ')}`)
    checkRange('start', start, 0, Number.MAX_SAFE_INTEGER / 2)
    checkRange('count', count, 1, mostJobs)
    if (page.maxBytes !== undefined) checkRange('maxBytes', page.maxBytes, 0, Number.MAX_SAFE_INTEGER)
    return ask(async () => {
      const { ids, total } = await idsOf(state, page)
      const read = await readJobs(
        sources,
        ids.map((id) => ({ id, state })),
        page,
      )
      return { jobs: read, total, next: start + count < total ? start + count : undefined }
    })
  }

  return {
    contract,
    isPaused: control.isPaused,
    counts: control.counts,
    jobs,
    job: (id) =>
      ask(async (): Promise<MonitoredJob<C> | undefined> => {
        const state: JobState = await readState(sources, String(id))
        // What stands under a key of the queue itself is no job.
        if (Object.hasOwn(queue.keys, id)) return undefined
        if (state !== 'missing' && state !== 'quarantined') return (await readJobs(sources, [{ id, state }]))[0]
        const kept = await quarantine.get(id)
        return kept && readKept(sources, kept)
      }),
    async failures({ last = 1_000 } = {}) {
      checkRange('last', last, 1, mostSampled)
      const failed: FailedJob[] = []
      let total = 0
      // Page by page: the errors may be long, and nobody else waits for this.
      for (let start = 0; start < last; start += pageOfFailures) {
        const page = { start, count: Math.min(pageOfFailures, last - start) }
        const { ids, total: all } = await ask(() => idsOf('failed', page))
        failed.push(...(await ask(() => readFailures(sources, ids))))
        total = all
        if (start + page.count >= all) break
      }
      return { groups: groupFailures(failed), jobs: failed.length, total }
    },
    async times({ last = 1_000 } = {}) {
      checkRange('last', last, 1, mostSampled)
      return ask(() => readTimes(sources, last))
    },
    async throughput({ minutes = 60 } = {}) {
      checkRange('minutes', minutes, 1, mostMinutes)
      return ask(() => readThroughput(sources, minutes))
    },
    oldestWaiting: () => ask(() => readOldest(sources)),
    workers: () => ask(() => readWorkers(sources)),
    contracts: () => ask(() => readContracts(connection, contract.name, prefix)),
    events(given) {
      const events: unknown = readers.read(given)
      // Decoded by the contract's schemas.
      return events as ReturnType<QueueMonitor<C>['events']>
    },
    async close() {
      closed = true
      await readers.close()
      await queue.close().catch(() => {})
    },
  }
}

function checkRange(path: string, value: unknown, from: number, to: number): void {
  if (!Number.isSafeInteger(value) || Number(value) < from || Number(value) > to) {
    throw invalid(path, `a whole number from ${from} to ${to}`)
  }
}

function invalid(path: string, expectation: string): BrineError {
  return new BrineError('OPTIONS_INVALID', `must be ${expectation}`, { path })
}

function closedError(): BrineError {
  return new BrineError('CLOSED', 'the monitor is closed; make another')
}
