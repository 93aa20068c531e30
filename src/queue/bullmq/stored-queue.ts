import {
  type BackendFactory,
  type Job,
  Queue,
  QueueEvents,
  type QueueEventsOptions,
  QueueKeys,
  type QueueOptions,
  RedisConnection,
} from 'bullmq'
import type { Connection } from '../connection/connection.ts'
import { StoredBackend } from './stored-backend.ts'
import { StoredJob } from './stored-job.ts'

/** BullMQ does not close these connections: it cannot while their server is away, and they may be the user's. */
export function backendOn(main: Connection, blocking?: Connection): BackendFactory<StoredBackend> {
  return (name, opts) => {
    const { prefix, skipVersionCheck }: Partial<QueueOptions> = opts
    const link = ({ client }: Connection, blocks: boolean) =>
      new RedisConnection(client, { shared: true, blocking: blocks, skipVersionCheck: skipVersionCheck === true })
    const keys = new QueueKeys(prefix)
    const toKey = (type: string) => keys.toKey(name, type)
    const reader = blocking && link(blocking, true)
    return new StoredBackend(link(main, false), name, keys.getKeys(name), toKey, opts, reader)
  }
}

/** A BullMQ queue that stores texts verbatim. */
export class StoredQueue extends Queue<unknown, unknown, string, unknown, unknown, string, StoredBackend> {
  constructor(name: string, connection: Connection, options: Omit<QueueOptions, 'connection'>) {
    super(name, { ...options, connection: connection.client }, backendOn(connection))
  }

  /** How many of its jobs are in quarantine. */
  countQuarantined(): Promise<number> {
    return this.backend.countQuarantined()
  }

  /**
   * What BullMQ writes of a queue when it is opened. Its default for the length of the events is what its scripts take anyway, and
   * would undo what others have set.
   */
  override get metaValues(): Record<string, string | number> {
    const { 'opts.maxLenEvents': maxLenEvents, ...rest } = super.metaValues
    const isGiven = this.opts.streams?.events?.maxLen !== undefined
    return isGiven && maxLenEvents !== undefined ? { ...rest, 'opts.maxLenEvents': maxLenEvents } : rest
  }

  protected override get Job(): typeof Job {
    return StoredJob as typeof Job
  }
}

/** BullMQ's events of a queue, with results and progress as the texts that are stored. */
export class StoredEvents extends QueueEvents<string, StoredBackend> {
  constructor(name: string, connection: Connection, options: Omit<QueueEventsOptions, 'connection'>) {
    super(name, { ...options, connection: connection.client }, backendOn(connection))
  }
}
