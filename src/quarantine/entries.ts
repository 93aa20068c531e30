import { boundedValuesLua, readBoundedFields } from '../bullmq/bounded-read.ts'
import { idField, keptField, placeOf } from '../bullmq/quarantine-keys.ts'
import { readRecord } from '../bullmq/quarantine-record.ts'
import type { Connection } from '../connection/connection.ts'
import { discardScript } from './discard-script.ts'
import { KeptJob, type QuarantinedJob, type QuarantineFilter } from './quarantined-job.ts'
import { replayScript } from './replay-script.ts'

/** What became of an entry that was to be put back. */
export type Put = 'replayed' | 'gone' | 'exists' | 'damaged'

/** The entries of a queue's quarantine in Redis. */
export interface Entries {
  count(): Promise<number>
  /** Pages of entries, also while they are taken out of the quarantine meanwhile; each at most once. */
  pages(filter: QuarantineFilter, order: Order): AsyncGenerator<QuarantinedJob[], void, undefined>
  find(ids: readonly string[]): Promise<QuarantinedJob[]>
  read(id: string): Promise<KeptJob | undefined>
  /** Which of the jobs are in their queue again. */
  existing(jobs: readonly QuarantinedJob[]): Promise<boolean[]>
  replay(ids: readonly string[]): Promise<Put[]>
  /** Whether each was there. */
  discard(ids: readonly string[]): Promise<boolean[]>
}

export type Order = 'newest' | 'oldest'

export interface EntriesOptions {
  queue: string
  prefix: string | undefined
  connection: Connection
  /** Bytes of the longest text that the contract allows. */
  maxTextBytes: number
  /** For what changes something. */
  send<T>(work: () => Promise<T>): Promise<T>
  ask<T>(work: () => Promise<T>): Promise<T>
}

const pageSize = 100
// Its parts are capped where they are written.
const longestRecord = 512 * 1024
const answers: readonly Put[] = ['gone', 'replayed', 'exists', 'damaged']

export function createEntries({
  queue,
  prefix,
  connection: { client },
  maxTextBytes,
  send,
  ask,
}: EntriesOptions): Entries {
  const { of, quarantine, base, entries } = placeOf(queue, prefix)
  const failed = String(quarantine['failed'])
  // Where BullMQ's tools put a job that somebody retries there; no worker takes it.
  const waiting = String(quarantine['wait'])
  const keysOf = (...names: string[]) => names.map((name) => String(of[name]))

  async function find(ids: readonly string[]): Promise<QuarantinedJob[]> {
    const found = await ask(() =>
      Promise.all(ids.map((id) => readBoundedFields(client, entries + id, [idField, 'data'], longestRecord))),
    )
    return ids.flatMap((id, index) => {
      const [jobId, data] = found[index] ?? []
      if (typeof jobId !== 'string') return []
      return [{ ...readRecord(data, jobId), id, jobId }]
    })
  }

  async function* idsOf(order: Order): AsyncGenerator<string[], void, undefined> {
    // By the time of the last one: counting places would skip some when others go.
    let from = order === 'oldest' ? '-inf' : '+inf'
    let seen = new Set<string>()
    for (;;) {
      const limit = ['LIMIT', 0, seen.size + pageSize] as const
      const page = await ask(() =>
        order === 'oldest'
          ? client.zrangebyscore(failed, from, '+inf', 'WITHSCORES', ...limit)
          : client.zrevrangebyscore(failed, from, '-inf', 'WITHSCORES', ...limit),
      )
      const ids: string[] = []
      for (let at = 0; at < page.length; at += 2) {
        const [id = '', score = ''] = page.slice(at, at + 2)
        if (score === from && seen.has(id)) continue
        if (score !== from) seen = new Set()
        from = score
        seen.add(id)
        ids.push(id)
      }
      if (ids.length === 0) break
      yield ids
    }
    const rest = await ask(() => client.lrange(waiting, 0, -1))
    for (let at = 0; at < rest.length; at += pageSize) yield rest.slice(at, at + pageSize)
  }

  async function* pages(filter: QuarantineFilter, order: Order) {
    for await (const ids of idsOf(order)) {
      const page = (await find(ids)).filter((job) => matches(job, filter))
      if (page.length > 0) yield page
    }
  }

  async function inTurn<T>(ids: readonly string[], run: (ids: readonly string[]) => Promise<T[]>): Promise<T[]> {
    const all: T[] = []
    for (let at = 0; at < ids.length; at += pageSize) all.push(...(await run(ids.slice(at, at + pageSize))))
    return all
  }

  return {
    find: (ids) => inTurn(ids, find),
    pages,
    async count() {
      const [ended, retried] = await ask(() => Promise.all([client.zcard(failed), client.llen(waiting)]))
      return ended + retried
    },
    async read(id) {
      const [record] = await find([id])
      if (!record) return undefined
      // What is far beyond the contract's limits is of no use to anybody who reads it, and stays for `replay`.
      const flat = await ask(() => client.callBuffer('EVAL', boundedValuesLua, 1, entries + id, 4 * maxTextBytes))
      const fields = new Map<string, Buffer>()
      const given: unknown[] = Array.isArray(flat) ? flat : []
      for (let at = 0; at < given.length; at += 2) {
        const [name, value] = [given[at], given[at + 1]]
        const field = name instanceof Buffer ? name.toString('latin1') : ''
        if (field.startsWith(keptField) && value instanceof Buffer) fields.set(field.slice(keptField.length), value)
      }
      return new KeptJob(record, fields)
    },
    async existing(jobs) {
      const found = await ask(() => Promise.all(jobs.map(({ jobId }) => client.exists(base + jobId))))
      return found.map((count) => count === 1)
    },
    replay: (ids) =>
      inTurn(ids, async (some) => {
        const keys = [...keysOf('active', 'wait', 'prioritized', 'events', 'meta', 'marker', 'pc'), failed, waiting]
        const told: unknown = await send(() => client.eval(replayScript, keys.length, ...keys, base, entries, ...some))
        return (Array.isArray(told) ? told : []).map((answer) => answers[Number(answer)] ?? 'gone')
      }),
    discard: (ids) =>
      inTurn(ids, async (some) => {
        const keys = [...keysOf('events', 'meta'), failed, waiting]
        const told: unknown = await send(() => client.eval(discardScript, keys.length, ...keys, base, entries, ...some))
        return (Array.isArray(told) ? told : []).map((answer) => Number(answer) === 1)
      }),
  }
}

function matches(job: QuarantinedJob, { code, job: name, path, since, until }: QuarantineFilter): boolean {
  return (
    (code === undefined || job.code === code) &&
    (name === undefined || job.job === name) &&
    (path === undefined || job.path === path) &&
    (since === undefined || (job.at !== undefined && job.at >= since)) &&
    (until === undefined || (job.at !== undefined && job.at < until))
  )
}
