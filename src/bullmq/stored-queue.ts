import {
  type BackendFactory,
  type Job,
  Queue,
  QueueEvents,
  type QueueEventsOptions,
  QueueKeys,
  type QueueOptions,
} from 'bullmq'
import type { Connection } from '../connection/connection.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import { Link } from './bullmq-connection.ts'
import { EncodedText } from './encoded-text.ts'
import { ScriptCalls } from './script-calls.ts'
import { StoredBackend } from './stored-backend.ts'
import { StoredJob } from './stored-job.ts'

/** BullMQ does not close these connections: it cannot while their server is away, and they may be the user's. */
export function backendOn(
  main: Connection,
  { blocking, maxTextBytes }: { blocking?: Connection; maxTextBytes?: number | undefined } = {},
): BackendFactory<StoredBackend> {
  return (name, opts) => {
    const { prefix, skipVersionCheck }: Partial<QueueOptions> = opts
    const link = ({ client }: Connection, blocks: boolean) =>
      new Link(client, { blocking: blocks, skipVersionCheck: skipVersionCheck === true })
    const keys = new QueueKeys(prefix)
    const toKey = (type: string) => keys.toKey(name, type)
    const reader = blocking && link(blocking, true)
    const backend = new StoredBackend(link(main, false), name, keys.getKeys(name), toKey, opts, reader)
    backend.calls = new ScriptCalls(main.client)
    backend.maxTextBytes = maxTextBytes ?? backend.maxTextBytes
    backend.clock = main.clock
    backend.losses = () => main.losses
    return backend
  }
}

type Stored<Options> = Omit<Options, 'connection'> & {
  /** Bytes of the longest text that the contract allows; by default that of a contract without limits of its own. */
  maxTextBytes?: number
}

/** A job that is to be added: its text is stored as it is. */
export interface NewJob {
  readonly job: { readonly name: string }
  readonly text: string
  readonly options: EnqueueOptions & { jobId: string }
  /** Whether its id was given, and may be that of a job which exists. */
  readonly given?: boolean | undefined
  /** The contract's own options of it, when it has no others but its id. */
  readonly shared?: EnqueueOptions | undefined
}

/** The job that an enqueue found in place of adding one, under the id that it was given. */
export class Existing {
  readonly id: string

  constructor(id: string) {
    this.id = id
  }
}

/** A BullMQ queue that stores texts verbatim. */
export class StoredQueue extends Queue<unknown, unknown, string, unknown, unknown, string, StoredBackend> {
  constructor(name: string, connection: Connection, { maxTextBytes, ...options }: Stored<QueueOptions>) {
    super(name, { ...options, connection: connection.client }, backendOn(connection, { maxTextBytes }))
  }

  /** Adds a job, and gives its id, or that of the job which it turned out to be: Existing, when that has the id that was given. */
  addText(added: NewJob): Promise<unknown> {
    // Somebody follows what BullMQ does.
    if (this.opts.telemetry || this.listenerCount('waiting') > 0) return this.#add(added)
    const { job, text, options, shared, given } = added
    if (given) return this.#addNoting(added)
    const alike = shared && this.backend.addAlike(shared, job.name, options.jobId, text)
    return alike ?? this.#addFirst(added)
  }

  /** Adds many in one round trip, in their order, and gives of each what `addText` does. */
  addEach(all: readonly NewJob[]): Promise<unknown>[] {
    if (!this.opts.telemetry) return all.map(this.#wayFor(all))
    // They share a span, and what refuses one.
    const bulk = all.map(({ job, text, options }) => ({ name: job.name, data: new EncodedText(text), opts: options }))
    const added = this.addBulk(bulk)
    return all.map(async (_, at) => (await added).slice(at, at + 1).map(addedAs)[0])
  }

  /** One way for all: each way awaits another number of promises before it writes a job, so a job would overtake another. */
  #wayFor(all: readonly NewJob[]): (added: NewJob) => Promise<unknown> {
    const isKnown = ({ shared }: NewJob) => shared !== undefined && this.backend.knows(shared)
    if (this.listenerCount('waiting') === 0) {
      if (all.some(({ given }) => given)) return (added) => this.#addNoting(added)
      if (!all.every(isKnown)) return (added) => this.#addFirst(added)
    }
    return (added) => this.addText(added)
  }

  /** Notes whether there was a job of its id. */
  #addNoting({ job, text, options }: NewJob): Promise<unknown> {
    return StoredJob.create(this, job.name, new EncodedText(text), options).then(addedAs)
  }

  #addFirst({ job, text, options, shared }: NewJob): Promise<unknown> {
    const { jobId: id } = options
    return this.backend.addFirst(new StoredJob(this, job.name, new EncodedText(text), shared ?? options, id), shared)
  }

  async #add({ job, text, options }: NewJob): Promise<unknown> {
    return addedAs(await this.add(job.name, new EncodedText(text), options))
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

function addedAs(job: Job<unknown, unknown, string>): unknown {
  return job instanceof StoredJob && job.existed ? new Existing(String(job.id)) : job.id
}

/** BullMQ's events of a queue, with results and progress as the texts that are stored. */
export class StoredEvents extends QueueEvents<string, StoredBackend> {
  constructor(name: string, connection: Connection, { maxTextBytes, ...options }: Stored<QueueEventsOptions>) {
    super(name, { ...options, connection: connection.client }, backendOn(connection, { maxTextBytes }))
  }
}
