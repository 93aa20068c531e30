import type { Cluster, Redis } from 'ioredis'

/** The fields of a hash that are there, as names and values in turn; `tooLong` names one that is over the limit. */
export interface StoredHash {
  readonly key: string
  readonly flat: string[]
  readonly tooLong: { readonly field: string; readonly bytes: number } | undefined
}

// One step for each of them, and an answer that ends once it is large: texts may be of any size.
const script = `
local all, bytes = {}, 0
for at, key in ipairs(KEYS) do
  local found = {}
  if redis.call('TYPE', key).ok == 'hash' then
    for field = 3, #ARGV do
      local length = redis.call('HSTRLEN', key, ARGV[field])
      if length > tonumber(ARGV[2]) then
        table.insert(found, ARGV[field])
        table.insert(found, length)
      elseif length > 0 or redis.call('HEXISTS', key, ARGV[field]) == 1 then
        bytes = bytes + length
        table.insert(found, ARGV[field])
        table.insert(found, redis.call('HGET', key, ARGV[field]))
      end
    end
  end
  all[at] = found
  if bytes > tonumber(ARGV[1]) then break end
end
return all
`

const mostAtOnce = 100
const mostBytes = 2_000_000

/** Reads some fields of hashes, one after the other, and leaves those out that are gone. It changes nothing. */
export async function* readHashes(
  client: Redis | Cluster,
  keys: readonly string[],
  fields: readonly string[],
  longest: number,
): AsyncGenerator<StoredHash, void> {
  for (let at = 0; at < keys.length; ) {
    const some = keys.slice(at, at + mostAtOnce)
    const reply: unknown = await client.eval(script, some.length, ...some, mostBytes, longest, ...fields)
    const found: unknown[] = Array.isArray(reply) ? reply : []
    for (const [index, one] of found.entries()) {
      if (!Array.isArray(one) || one.length === 0) continue
      yield toHash(some[index] ?? '', one)
    }
    at += Math.max(found.length, 1)
  }
}

function toHash(key: string, given: readonly unknown[]): StoredHash {
  const flat: string[] = []
  let tooLong: StoredHash['tooLong']
  for (let at = 0; at < given.length; at += 2) {
    const [field, value] = [String(given[at]), given[at + 1]]
    if (typeof value === 'number') tooLong ??= { field, bytes: value }
    else flat.push(field, String(value))
  }
  return { key, flat, tooLong }
}

/** The value of a field. */
export function fieldOf({ flat }: Pick<StoredHash, 'flat'>, name: string): string | undefined {
  for (let at = 0; at < flat.length; at += 2) if (flat[at] === name) return flat[at + 1]
  return undefined
}
