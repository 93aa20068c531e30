import type { Connection } from '../connection/connection.ts'

/**
 * `cut(entries, most)` in Lua: entries of a stream as XRANGE gives them, each value cut behind one byte more than `most`. Whoever may
 * write to Redis may write events, and of tens of megabytes.
 */
export const cutLua = `
local function cut(entries, most)
  for _, entry in ipairs(entries) do
    local fields = entry[2]
    for at = 1, #fields do
      if #fields[at] > most then fields[at] = string.sub(fields[at], 1, most + 1) end
    end
  end
  return entries
end
`

const script = `${cutLua}
return cut(redis.call('XREVRANGE', KEYS[1], ARGV[2], '-', 'COUNT', ARGV[3]), tonumber(ARGV[1]))
`

/** Entries of an events stream, newest first, from `end` on. */
export async function readBack(
  { client }: Connection,
  key: string,
  { end, count, mostBytes }: { end: string; count: number; mostBytes: number },
): Promise<[id: string, fields: string[]][]> {
  return (await client.eval(script, 1, key, mostBytes, end, count)) as [string, string[]][]
}
