import { types } from 'node:util'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { Connection } from '../connection/connection.ts'
import { guardSender, type Sender } from '../connection/sender.ts'
import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { createEntries, type Order } from './entries.ts'
import { examine } from './examine.ts'
import {
  Groups,
  type KeptJob,
  type QuarantinedJob,
  type QuarantineFilter,
  type QuarantineGroup,
} from './quarantined-job.ts'

/** One job, some, or all that a filter holds for; `{}` is all. */
export type Which = string | readonly string[] | QuarantineFilter

/** Which of the jobs that `replay` is given it puts back. */
export interface ReplayOptions {
  /** Puts nothing back: tells what would pass, decoded and validated with the code and keys of this process. Default false. */
  dryRun?: boolean | undefined
  /** Leaves those in quarantine that this process would refuse too. Default false: whatever workers refuse comes back to it. */
  passing?: boolean | undefined
}

/** What `replay` did, or with `dryRun` would do. */
export interface Replayed {
  /** How many jobs wait again; with `dryRun`, none. */
  readonly replayed: number
  /** With `dryRun` or `passing`: how many this process would run. */
  readonly passed: number
  /** With `dryRun` or `passing`: those that it would refuse, by what they would be refused with. */
  readonly refused: readonly QuarantineGroup[]
  /** The ids of those that stay, because a job of their id is in the queue again. */
  readonly existing: readonly string[]
}

/**
 * The jobs that workers refused before their handlers began, since they could not be opened, decoded or validated: each as it
 * was, byte for byte, in the BullMQ queue `<queue>-quarantine`. All reject with REDIS_UNREACHABLE, REDIS_REFUSED, CLOSED and
 * OPTIONS_INVALID.
 */
export interface Quarantine {
  count(): Promise<number>
  /** What they were refused with, the most frequent first. */
  groups(filter?: QuarantineFilter): Promise<QuarantineGroup[]>
  /** The jobs, the newest first, read page by page; it goes on while others are replayed or discarded. */
  list(filter?: QuarantineFilter & { order?: Order | undefined }): AsyncGenerator<QuarantinedJob, void, undefined>
  /** One of them with its bytes; undefined when it is not there (any more). */
  get(id: string): Promise<KeptJob | undefined>
  /**
   * Puts jobs back into their queue, with their original fields: options, attempts, priority, parent. They wait, the oldest
   * first, as jobs that are retried. Each is put back once, however often and by how many this is called at a time.
   *
   * @example
   * const { passed, refused } = await producer.quarantine.replay({ code: 'PAYLOAD_INVALID' }, { dryRun: true })
   */
  replay(which: Which, options?: ReplayOptions): Promise<Replayed>
  /** Throws jobs away for good, and gives how many. A parent that waits for one waits for it no longer. */
  discard(which: Which): Promise<number>
}

export interface QuarantineSources {
  contract: QueueContract
  codec: EnvelopeCodec
  connection: Connection
  prefix: string | undefined
  sender: Sender
  /** Describes what was thrown, and that whoever asks is closed. */
  refused: (error: unknown) => unknown
  isClosed: () => boolean
}

// What these are told too broadly does no harm.
const asks: ReadonlySet<string> = new Set(['groups', 'list'])
const damaged =
  'the entry, or a list of its queue, is damaged, so it is not put back: mend the list, or discard the entry'
const filterNames = ['code', 'job', 'path', 'since', 'until']

/** The quarantine of a contract's queue, by the connection of whoever holds it. */
export function openQuarantine(sources: QuarantineSources): Quarantine {
  const { contract, codec, connection, sender, prefix, refused: describe, isClosed } = sources
  const entries = createEntries({
    ...{ queue: contract.name, prefix, connection, ...guardSender(sender, isClosed, describe) },
    maxTextBytes: codec.maxTextBytes,
  })

  async function* pagesOf(which: Which, order: Order): AsyncGenerator<QuarantinedJob[], void, undefined> {
    if (typeof which === 'string' || Array.isArray(which)) yield await entries.find([which].flat())
    else yield* entries.pages(which as QuarantineFilter, order)
  }

  async function split(page: readonly QuarantinedJob[], refused: Groups): Promise<QuarantinedJob[]> {
    const passing: QuarantinedJob[] = []
    for (const job of page) {
      const kept = await entries.read(job.id)
      if (!kept) continue
      const error = await examine(contract, codec, kept)
      if (error)
        refused.add(job.id, job.at, { code: error.code, path: error.path, reason: error.message, job: job.job })
      else passing.push(job)
    }
    return passing
  }

  return {
    count: () => entries.count(),
    async groups(filter = {}) {
      checkFilter(filter, 'groups')
      const groups = new Groups()
      for await (const page of entries.pages(filter, 'oldest')) for (const job of page) groups.add(job.id, job.at, job)
      return groups.list()
    },
    list({ order = 'newest', ...filter } = {}) {
      checkFilter(filter, 'list')
      if (order !== 'newest' && order !== 'oldest') throw invalid('list.order', "takes 'newest' or 'oldest'")
      return eachOf(entries.pages(filter, order))
    },
    async get(id) {
      return entries.read(checkId(id, 'get'))
    },
    async replay(which, options = {}) {
      checkWhich(which, 'replay')
      checkOptions(options, ['dryRun', 'passing'], 'quarantine.replay')
      const { dryRun = false, passing = false } = options
      const refused = new Groups()
      const existing: string[] = []
      let replayed = 0
      let passed = 0
      const seen = new Set<string>()
      for await (const found of pagesOf(which, 'oldest')) {
        // What workers refuse again meanwhile comes back as the newest.
        const page = found.filter(({ id }) => !seen.has(id))
        for (const { id } of page) seen.add(id)
        const jobs = dryRun || passing ? await split(page, refused) : page
        if (dryRun || passing) passed += jobs.length
        if (dryRun) {
          const exist = await entries.existing(jobs)
          existing.push(...jobs.filter((_, index) => exist[index]).map(({ id }) => id))
          continue
        }
        const put = await entries.replay(jobs.map(({ id }) => id))
        for (const [index, { id, at, job }] of jobs.entries()) {
          if (put[index] !== 'damaged') continue
          refused.add(id, at, { code: 'TEXT_INVALID', path: undefined, reason: damaged, job })
        }
        replayed += put.filter((answer) => answer === 'replayed').length
        existing.push(...jobs.filter((_, index) => put[index] === 'exists').map(({ id }) => id))
      }
      return { replayed, passed, refused: refused.list(), existing }
    },
    async discard(which) {
      checkWhich(which, 'discard')
      let discarded = 0
      for await (const page of pagesOf(which, 'oldest')) {
        const gone = await entries.discard(page.map(({ id }) => id))
        discarded += gone.filter(Boolean).length
      }
      return discarded
    },
  }
}

async function* eachOf(pages: AsyncGenerator<QuarantinedJob[], void, undefined>) {
  for await (const page of pages) yield* page
}

// What is not told cannot be meant: nothing is thrown away because a variable was undefined.
function checkWhich(which: unknown, method: string): void {
  if (typeof which === 'string') checkId(which, method)
  else if (Array.isArray(which)) for (const id of which) checkId(id, method)
  else checkFilter(which, method)
}

function checkId(id: unknown, method: string): string {
  if (typeof id === 'string' && id !== '') return id
  throw invalid(method, 'takes the id of an entry')
}

function checkFilter(filter: unknown, method: string): void {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    throw invalid(method, 'takes an id, a list of ids, or a filter such as { code }; {} is all')
  }
  checkOptions(filter, filterNames, `quarantine.${method}`)
  for (const [name, value] of Object.entries(filter)) {
    if (value === undefined && asks.has(method)) continue
    if (value === undefined) throw invalid(`${method}.${name}`, 'is undefined: leave it out to mean all')
    const date = name === 'since' || name === 'until'
    const holds = date ? types.isDate(value) && !Number.isNaN(value.getTime()) : typeof value === 'string'
    if (!holds) throw invalid(`${method}.${name}`, date ? 'takes a valid Date' : 'takes a text')
  }
}

function invalid(path: string, remedy: string): BrineError {
  return new BrineError('OPTIONS_INVALID', remedy, { path: `quarantine.${path}` })
}
