import { setTimeout as wait } from 'node:timers/promises'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { Connection } from '../connection/connection.ts'
import { isPassing, isReply, refused } from '../connection/redis-errors.ts'
import { insist } from '../connection/retry-refused.ts'
import { isConnectionLost } from '../connection/sender.ts'
import { BrineError } from '../errors.ts'
import { checkPosition } from './check-position.ts'
import { decodeEvent, type EventSources, timeOf } from './decode-event.ts'
import { createEventLookup } from './event-lookup.ts'
import type { EventsOptions, JobEvent } from './job-events.ts'
import { readPage } from './read-page.ts'

export interface EventsSources extends EventSources {
  queue: StoredQueue
  connection: Connection
  /** A connection of their own for those who read, which wait in it. */
  openReader(): Connection
}

/** What reads a queue's events, for the producer that closes it. */
export interface EventReaders {
  read(options?: EventsOptions): AsyncGenerator<JobEvent, void, undefined>
  close(): Promise<void>
}

export function createEventReaders(sources: EventsSources): EventReaders {
  const { queue, connection, openReader } = sources
  const key = queue.toKey('events')
  const mostBytes = queue.backend.maxTextBytes
  const open = new Set<Connection>()
  let closed = false

  async function newest(): Promise<string> {
    for (;;) {
      try {
        await connection.ready(Number.POSITIVE_INFINITY)
        const [last] = await connection.client.xrevrange(key, '+', '-', 'COUNT', 1)
        return last?.[0] ?? '0-0'
      } catch (error) {
        if ((isReply(error) && !isPassing(error)) || connection.hasEnded) throw error
        await wait(askAgainMs)
      }
    }
  }

  async function* follow(from: Promise<string>, signal: AbortSignal | undefined) {
    const reader = openReader()
    // Asked between two reads, on a connection that waits for its server.
    const lookup = createEventLookup(reader, (id) => queue.toKey(id), mostBytes)
    open.add(reader)
    // A server that holds a blocking read answers nothing else: hanging up ends it.
    const hangUp = () => void reader.close()
    signal?.addEventListener('abort', hangUp)
    // A server that becomes a replica wakes whoever waits in it with an error, and refuses for a while; the events stay.
    const passes = (error: unknown) =>
      !closed && !signal?.aborted && !reader.hasEnded && (isPassing(error) || isConnectionLost(error) || isLate(error))
    const insisting = <T>(command: () => Promise<T>) => insist(command, { passes })
    try {
      let at = await unlessAborted(from, signal)
      while (!closed) {
        signal?.throwIfAborted()
        const after = at
        const { entries, missed } = await insisting(() => readPage(reader, key, after, mostBytes))
        if (missed !== undefined) {
          yield { type: 'missed', after: at, position: missed, at: timeOf(missed) } as const
          at = missed
        }
        await insisting(() => lookup.prepare(entries))
        for (const entry of entries) {
          const event = await insisting(() => decodeEvent(sources, lookup, entry))
          if (closed) return
          signal?.throwIfAborted()
          at = entry.position
          if (event) yield event
        }
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (!closed) throw isReply(error) ? refused(error) : error
    } finally {
      signal?.removeEventListener('abort', hangUp)
      open.delete(reader)
      await reader.close()
    }
  }

  return {
    read({ after, signal } = {}) {
      checkPosition(after)
      if (closed) throw new BrineError('CLOSED', 'the producer is closed; make another')
      // Settled before the first event is asked for, so that nothing is missed that happens after this call.
      const from = after === undefined ? newest() : Promise.resolve(after)
      from.catch(() => {})
      return follow(from, signal)
    },
    async close() {
      closed = true
      await Promise.all([...open].map((reader) => reader.close()))
    },
  }
}

const askAgainMs = 100

/** Of a client with a `commandTimeout`. */
function isLate(error: unknown): boolean {
  return error instanceof Error && error.message === 'Command timed out'
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  let onAbort = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
  })
  if (signal.aborted) onAbort()
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}
