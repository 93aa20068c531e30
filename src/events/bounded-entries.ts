import { cutLua } from '../bullmq/bounded-read.ts'
import type { Connection } from '../connection/connection.ts'

/** `cutEntries(entries, most)` in Lua: entries of a stream as XRANGE gives them, each value cut: see `cutLua`. */
export const cutEntriesLua = `${cutLua}
local function cutEntries(entries, most)
  for _, entry in ipairs(entries) do
    local fields = entry[2]
    for at = 1, #fields do fields[at] = cut(fields[at], most) end
  end
  return entries
end
`

const script = `${cutEntriesLua}
return cutEntries(redis.call('XREVRANGE', KEYS[1], ARGV[2], '-', 'COUNT', ARGV[3]), tonumber(ARGV[1]))
`

/** Entries of an events stream, newest first, from `end` on. */
export async function readBack(
  { client }: Connection,
  key: string,
  { end, count, mostBytes }: { end: string; count: number; mostBytes: number },
): Promise<[id: string, fields: string[]][]> {
  return (await client.eval(script, 1, key, mostBytes, end, count)) as [string, string[]][]
}
