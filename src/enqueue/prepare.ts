import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { Checked, EnvelopeCodec, Place } from '../codec/envelope.ts'
import type { ContractJob, QueueContract } from '../contract/contract.ts'
import { checkJobOptions, type EnqueueOptions } from '../contract/job-options.ts'
import { BrineError } from '../errors.ts'
import type { Enqueued } from '../job/enqueued.ts'
import { checkOptions } from '../options.ts'
import { element, join, property, root } from '../path.ts'
import type { Bond } from '../seal/bond.ts'
import { digestOf, drawToken } from '../seal/tokens.ts'

/** A job as it may be sent: checked, encoded, with the contract's defaults and an id. */
export interface Prepared extends PreparedText {
  /** What opens the text. */
  codec: EnvelopeCodec
}

/** The part of it that is sent. */
export interface PreparedText {
  queue: string
  job: ContractJob
  text: string
  options: EnqueueOptions & { jobId: string }
  /** Whether the id was given, and may be that of a job which exists. */
  given?: boolean
  /** The contract's own options, when nothing was added to them but an id. */
  shared?: EnqueueOptions | undefined
  /** What checking and encoding it took, in milliseconds. */
  encodeMs?: number
  /** What the text's seal binds it to, and those of all that comes of it. Of a queue with keys. */
  bond?: Bond | undefined
  /** The schedule whose runs it will be, if any: its id then is the start of theirs. */
  schedule?: string
}

interface Item {
  name: string
  payload?: unknown
  options?: EnqueueOptions | undefined
}

/** How many jobs of a bulk are encoded, or sent, before others have their turn: some tens of milliseconds. */
export const itemsInTurn = 500

const itemKeys = ['name', 'payload', 'options']

/** What every enqueue does before anything is sent, wherever it is sent to. */
export interface Preparer {
  /** Throws JOB_UNKNOWN. */
  find(name: string): ContractJob
  /** Throws or rejects with JOB_UNKNOWN, PAYLOAD_INVALID, OPTIONS_INVALID, and the codec's refusals. A promise only at need. */
  prepare(
    name: string,
    payload: unknown,
    options: EnqueueOptions | undefined,
    /** The tokens of a job of a flow. Default one of its own. */
    tokens?: Bond,
  ): Prepared | Promise<Prepared>
  /** The same of many; the errors' paths name the item. */
  prepareAll(items: readonly Item[]): Promise<Prepared[]>
}

/** `reserved` are the keys of the queue itself, which no job may have as its id: BullMQ keeps its own lists under them. */
export function createPreparer(
  contract: QueueContract,
  codec: EnvelopeCodec,
  reserved: Readonly<Record<string, string>>,
): Preparer {
  function find(name: string): ContractJob {
    const job = contract.entries.get(name)
    if (job) return job
    const names = [...contract.entries.keys()].join(', ')
    throw new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job; it has ${names}`, {
      job: `${name}`,
    })
  }

  // Mostly without a promise: thousands are prepared a second.
  function prepare(
    name: string,
    payload: unknown,
    given: EnqueueOptions | undefined,
    tokens?: Bond,
  ): Prepared | Promise<Prepared> {
    const job = find(name)
    const own = given && checkJobOptions(given, { code: 'OPTIONS_INVALID', job: name })
    const { jobId = randomUUID() } = own ?? {}
    if (own && Object.hasOwn(reserved, jobId)) {
      const remedy = `'${jobId}' is a key of the queue itself; choose another`
      throw new BrineError('OPTIONS_INVALID', remedy, { job: name, path: 'options.jobId' })
    }
    const options = { ...job.options, ...own, jobId }
    const bond = codec.sealed ? bondOf(options, tokens) : undefined
    const place: Place = { kind: 'payload', job: name, version: job.version, id: jobId, bond }
    const checked: Checked = { validator: job.payload, failure: { code: 'PAYLOAD_INVALID', job: name } }
    const since = performance.now()
    const encoded = codec.encodeChecked(payload, place, checked)
    const queue = contract.name
    const shared = own ? undefined : job.options
    const done = (text: string) => {
      const encodeMs = performance.now() - since
      return { queue, job, text, bond, options, given: own?.jobId !== undefined, shared, codec, encodeMs }
    }
    return encoded instanceof Promise ? encoded.then(done) : done(encoded)
  }

  /** Never throws: the first item's refusal is the one to report, and an earlier item may still be checked. */
  function prepareItem(item: Item, index: number): Prepared | Promise<Prepared> {
    let prepared: Prepared | Promise<Prepared>
    try {
      checkOptions(item, itemKeys, 'an item')
      const { name, payload, options } = item
      prepared = prepare(name, payload, options)
    } catch (error) {
      prepared = Promise.reject(error)
    }
    if (!(prepared instanceof Promise)) return prepared
    const located = prepared.catch((error: unknown) => {
      throw error instanceof BrineError ? inItem(error, index) : error
    })
    // prepareAll awaits it in turn.
    located.catch(() => {})
    return located
  }

  return {
    find,
    prepare,
    async prepareAll(items) {
      if (!Array.isArray(items)) {
        throw new BrineError('OPTIONS_INVALID', `must be a list of items: ${itemKeys.join(', ')}`, { path: root })
      }
      const given: readonly Item[] = [...items]
      const all: Prepared[] = []
      for (let from = 0; from < given.length; from += itemsInTurn) {
        if (from > 0) await turn()
        // Those of a turn are encoded before anything is awaited, so that what the caller changes meanwhile is not stored.
        const begun = given.slice(from, from + itemsInTurn).map((item, at) => prepareItem(item, from + at))
        for (const one of begun) all.push(one instanceof Promise ? await one : one)
      }
      return all
    },
  }
}

/** Binds a new job to this enqueue, however often its id was used before. */
function bondOf({ deduplication }: EnqueueOptions, tokens: Bond = { for: drawToken() }): Bond {
  return deduplication ? { ...tokens, deduplication: digestOf(deduplication.id) } : tokens
}

/** A job with other options than it was prepared with: its seal binds it to the deduplication id that it has now. */
export function withOptions(prepared: Prepared, options: Prepared['options']): Prepared {
  const changed = { ...prepared, shared: undefined, options }
  const deduplication = options.deduplication && digestOf(options.deduplication.id)
  return prepared.bond === undefined || prepared.bond.deduplication === deduplication
    ? changed
    : rebind(changed, { deduplication })
}

/** Changes members of the bond of a job that is encoded already. */
export function rebind(prepared: Prepared, members: Bond): Prepared {
  const { codec, job, options, text } = prepared
  const bond = { ...prepared.bond, ...members }
  const place: Place = { kind: 'payload', job: job.name, version: job.version, id: options.jobId, bond }
  return { ...prepared, bond, text: codec.reseal(text, place) }
}

/** What a producer keeps of a job that it sent; `added` says whether Redis added it, and had no other in its place. */
export function enqueuedAs({ bond, text, options }: Prepared, added: boolean): Enqueued {
  return { bond, unsent: added ? undefined : { text, id: options.jobId } }
}

/** An error of one item of a bulk, as an error of the array that was given. */
function inItem(error: BrineError, index: number): BrineError {
  const item = element(root, index)
  const { path } = error
  if (path === undefined) return error.relocated({ path: error.code === 'JOB_UNKNOWN' ? property(item, 'name') : item })
  // The paths of options begin with their name; those of payloads with `$`.
  return error.relocated({ path: path.startsWith(root) ? join(property(item, 'payload'), path) : `${item}.${path}` })
}
