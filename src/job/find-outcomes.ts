import { entryField, errorField } from '../bullmq/job-fields.ts'
import { quarantinedEvent } from '../bullmq/quarantine-keys.ts'
import type { Ended, OutcomesOptions } from './outcome.ts'
import { refusalIn } from './refusal.ts'

export interface PastOutcomes {
  /** How a job ended whose hash is gone (`removeOnComplete: true`), as far as the queue's events tell. */
  find(jobId: string): Promise<Ended | undefined>
  /** A job begins anew under an id that may have been used before. */
  forget(jobId: string): void
}

const pageSize = 100
// A search passes the ends of other jobs, which are mostly the next to be asked for.
const mostKept = 1_000
const mostKeptCharacters = 4_000_000

/** Looks for the ends of jobs in the queue's events. All who ask while a search runs share the next one. */
export function createPastOutcomes(readBack: OutcomesOptions['readBack']): PastOutcomes {
  const kept = new Map<string, Ended>()
  let characters = 0
  let running: Promise<unknown> = Promise.resolve()
  let next: { ids: Set<string>; found: Promise<Map<string, Ended>> } | undefined

  const drop = (jobId: string) => {
    const ended = kept.get(jobId)
    if (ended && kept.delete(jobId)) characters -= sizeOf(ended)
  }
  const keep = (found: Map<string, Ended>) => {
    for (const [jobId, ended] of found) {
      drop(jobId)
      kept.set(jobId, ended)
      characters += sizeOf(ended)
    }
    // Those that ended first were found last: they are the likelier ones.
    for (const jobId of kept.keys()) {
      if (kept.size <= mostKept && characters <= mostKeptCharacters) break
      drop(jobId)
    }
  }
  return {
    forget: drop,
    async find(jobId) {
      const ended = kept.get(jobId)
      if (ended) return ended
      if (next === undefined) {
        const ids = new Set<string>()
        const found = running.then(() => {
          next = undefined
          return search(ids, readBack)
        })
        running = found.then(keep, () => {})
        next = { ids, found }
      }
      next.ids.add(jobId)
      return (await next.found).get(jobId)
    },
  }
}

/** Reads from the newest event back, until the ends of all `ids` are found, or their beginnings. */
async function search(ids: Set<string>, readBack: OutcomesOptions['readBack']): Promise<Map<string, Ended>> {
  const found = new Map<string, Ended>()
  const closed = new Set<string>()
  let end = '+'
  while (ids.size > 0) {
    const page = await readBack(end, pageSize)
    for (const [id, fields] of page) {
      // The first of a page is the last of the one before.
      if (id === end) continue
      const event = fieldOf(fields, 'event')
      const jobId = fieldOf(fields, 'jobId')
      if (event === undefined || jobId === undefined || closed.has(jobId)) continue
      if (!readEnd(event, fields, jobId, found)) continue
      closed.add(jobId)
      ids.delete(jobId)
    }
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) break
    end = last[0]
  }
  return found
}

/** Takes what an event tells of a job's end, and says whether older ones can tell no more. */
function readEnd(event: string, fields: string[], jobId: string, found: Map<string, Ended>): boolean {
  const known = found.get(jobId)
  switch (event) {
    case 'completed':
      if (known === undefined) found.set(jobId, { state: 'completed', text: fieldOf(fields, 'returnvalue') ?? '' })
      return true
    case 'failed':
      // Told just before by an event of its own.
      if (fieldOf(fields, entryField) !== undefined) return false
      if (known !== undefined) return known.state !== 'missing'
      // Its error was announced just before.
      found.set(jobId, { state: 'failed', reason: fieldOf(fields, 'failedReason') ?? '', encoded: undefined })
      return false
    case errorField:
      if (known?.state === 'failed') found.set(jobId, { ...known, encoded: fieldOf(fields, errorField) })
      // Before the removal it is the error of a cancelled job.
      if (known?.state === 'missing') {
        found.set(jobId, { state: 'failed', reason: '', encoded: fieldOf(fields, errorField) })
      }
      return known !== undefined
    case 'removed':
      if (known === undefined) found.set(jobId, { state: 'missing' })
      return known !== undefined
    case quarantinedEvent:
      if (known === undefined) {
        const refusal = refusalIn((name) => fieldOf(fields, name))
        found.set(jobId, { state: 'quarantined', refusal, entry: fieldOf(fields, entryField) })
      }
      return true
    case 'added':
      return true
    default:
      return false
  }
}

function fieldOf(fields: readonly string[], name: string): string | undefined {
  for (let index = 0; index < fields.length; index += 2) if (fields[index] === name) return fields[index + 1]
  return undefined
}

function sizeOf(ended: Ended): number {
  if (ended.state === 'completed') return ended.text.length
  return ended.state === 'failed' ? ended.reason.length + (ended.encoded?.length ?? 0) : 0
}
