import type { Connection } from '../connection/connection.ts'
import { cutEntriesLua } from './bounded-entries.ts'
import type { Entry } from './event-lookup.ts'
import { missedAfter } from './missed.ts'

/** What follows a position in a queue's events stream. */
export interface Page {
  entries: Entry[]
  /** Where to read on when events were missed that had followed the position; then there are no entries. */
  missed: string | undefined
}

// What is read at once; as many look-ups of names go together.
const pageSize = 100
const blockMs = 5_000

// In one step, so that what is told of the stream holds for what was read of it.
const script = `${cutEntriesLua}
local page = redis.call('XREAD', 'COUNT', ${pageSize}, 'STREAMS', KEYS[1], ARGV[1])
local entries = cutEntries(page and page[1][2] or {}, tonumber(ARGV[2]))
local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
if info['err'] then return { entries, 0, 0, '', '' } end
local told = {}
for index = 1, #info, 2 do told[info[index]] = info[index + 1] end
local first = told['first-entry']
local held = #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1], 'COUNT', 1)
return { entries, 1, held, first and first[1] or '', told['max-deleted-entry-id'] or '' }
`

type Told = [entries: [id: string, fields: string[]][], exists: number, held: number, first: string, deleted: string]

/** Waits until something follows a position, for a while, and reads it. Values longer than `mostBytes` are cut. */
export async function readPage({ client }: Connection, key: string, after: string, mostBytes: number): Promise<Page> {
  const page = await look(client, key, after, mostBytes)
  if (page.entries.length > 0 || page.missed !== undefined) return page
  // It only says when to look: a stream that began anew meanwhile is told of as any other.
  await client.xreadBuffer('COUNT', 1, 'BLOCK', blockMs, 'STREAMS', key, after)
  return look(client, key, after, mostBytes)
}

async function look(client: Connection['client'], key: string, after: string, mostBytes: number): Promise<Page> {
  const [found, exists, held, first, deleted] = (await client.eval(script, 1, key, after, mostBytes)) as Told
  const missed = missedAfter(after, {
    exists: exists === 1,
    holdsPosition: held > 0,
    first: first || undefined,
    lastDeleted: deleted || undefined,
  })
  if (missed !== undefined) return { entries: [], missed }
  return { entries: found.map(([position, list]) => ({ position, fields: fieldsOf(list) })), missed }
}

function fieldsOf(list: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (let index = 0; index < list.length; index += 2) fields[list[index] ?? ''] = list[index + 1] ?? ''
  return fields
}
