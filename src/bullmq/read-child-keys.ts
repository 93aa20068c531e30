import type { Client } from '../connection/client.ts'

// HSCAN can omit the values, which are results, since Redis 7.4. A scan may return more than `most`: it returns small collections whole.
const script = `
local most, left, found = tonumber(ARGV[1]), tonumber(ARGV[2]), {}
local function add(keys, step)
  for at = 1, keys and #keys or 0, step do
    left = left - #keys[at]
    if left < 0 then return end
    found[#found + 1] = keys[at]
  end
end
local function addFields(key)
  local page = redis.pcall('HSCAN', key, 0, 'COUNT', most, 'NOVALUES')
  if not page.err then return add(page[2], 1) end
  add(redis.pcall('HSCAN', key, 0, 'COUNT', most)[2], 2)
end
addFields(KEYS[1] .. ':processed')
add(redis.pcall('SSCAN', KEYS[1] .. ':dependencies', 0, 'COUNT', most)[2], 1)
add(redis.pcall('ZRANGE', KEYS[1] .. ':unsuccessful', 0, most - 1), 1)
addFields(KEYS[1] .. ':failed')
return found
`

/** All keys together. */
const mostBytes = 1024 * 1024

/**
 * The keys that Redis lists as the children of a job, about `most` of each kind, in the order in which BullMQ reads them. Anyone who can
 * write to Redis can list any key, so check that a child names the job as its parent.
 */
export async function readChildKeys(client: Client, key: string, most: number): Promise<string[]> {
  const found: unknown = await client.eval(script, 1, key, most, mostBytes)
  return Array.isArray(found) ? found.map(String) : []
}
