import type { BrineError, BulkEnd, BulkPlace } from '../errors.ts'

/** `unsent` also of what Redis refused; `sent` while no answer has come. */
export type Sent<Added> = { readonly state: 'unsent' | 'sent' } | { readonly state: 'added'; readonly added: Added }

const listOf = { added: 'added', unsent: 'notAdded', sent: 'unknown' } as const

/** The error of a bulk, with what became of its jobs: in words and numbers, and in lists that are not printed. */
export function withBulkEnd(error: BrineError, ids: readonly string[], states: readonly Sent<unknown>[]): BrineError {
  const lists: Record<keyof BulkEnd, BulkPlace[]> = { added: [], notAdded: [], unknown: [] }
  for (const [index, id] of ids.entries()) lists[listOf[states[index]?.state ?? 'unsent']].push({ index, id })
  const { added, notAdded, unknown } = lists
  const within = `of ${ids.length} jobs ${added.length} were added, ${notAdded.length} were not, and of ${unknown.length} it is not known; enqueue the others again with the ids in error.bulk, by which each is added once`
  return Object.defineProperty(error.relocated({ within }), 'bulk', { value: lists })
}
