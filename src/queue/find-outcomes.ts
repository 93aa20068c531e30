import { errorField } from './bullmq.ts'
import type { Ended, OutcomesOptions } from './outcome.ts'

type Find = (jobId: string) => Promise<Ended | undefined>

const pageSize = 100

/**
 * How jobs ended whose hashes are gone (`removeOnComplete: true`), from the queue's events. All who ask while a search
 * runs share the next one.
 */
export function findOutcomes(readBack: OutcomesOptions['readBack']): Find {
  let running: Promise<unknown> = Promise.resolve()
  let next: { ids: Set<string>; found: Promise<Map<string, Ended>> } | undefined
  return async (jobId) => {
    if (next === undefined) {
      const ids = new Set<string>()
      const found = running.then(() => {
        next = undefined
        return search(ids, readBack)
      })
      running = found.catch(() => {})
      next = { ids, found }
    }
    next.ids.add(jobId)
    return (await next.found).get(jobId)
  }
}

/** Reads from the newest event back, as far as the ids' ends, or their beginnings. */
async function search(ids: Set<string>, readBack: OutcomesOptions['readBack']): Promise<Map<string, Ended>> {
  const found = new Map<string, Ended>()
  let end = '+'
  while (ids.size > 0) {
    const page = await readBack(end, pageSize)
    for (const [id, fields] of page) {
      // The first of a page is the last of the one before.
      if (id === end) continue
      const entry = new Map<string, string>()
      for (let index = 0; index < fields.length; index += 2) entry.set(String(fields[index]), String(fields[index + 1]))
      const jobId = entry.get('jobId')
      if (jobId !== undefined && ids.has(jobId) && read(entry, jobId, found)) ids.delete(jobId)
    }
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) break
    end = last[0]
  }
  return found
}

/** Takes what an event tells of a job's end, and says whether older ones can tell more. */
function read(entry: ReadonlyMap<string, string>, jobId: string, found: Map<string, Ended>): boolean {
  const known = found.get(jobId)
  switch (entry.get('event')) {
    case 'completed':
      if (known === undefined) found.set(jobId, { state: 'completed', text: entry.get('returnvalue') ?? '' })
      return true
    case 'removed':
      return true
    case 'failed':
      if (known !== undefined) return true
      // Its error was announced just before.
      found.set(jobId, { state: 'failed', reason: entry.get('failedReason') ?? '', encoded: undefined })
      return false
    case errorField:
      if (known?.state !== 'failed') return false
      found.set(jobId, { ...known, encoded: entry.get(errorField) })
      return true
    case 'added':
      return true
    default:
      return false
  }
}
