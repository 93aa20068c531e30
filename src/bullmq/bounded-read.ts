import type { RedisClient } from 'bullmq'
import type { Redis } from 'ioredis'

/** A client as BullMQ wraps it, or one of ioredis. */
export type Reads = Pick<RedisClient, 'defineCommand' | 'runCommand'> | Pick<Redis, 'eval'>

/**
 * `cut(text, most)` in Lua: a text as far as `most` bytes and one more, so that whoever reads it sees that it is too long, and nobody's
 * memory holds the rest. Whoever may write to Redis may write texts of hundreds of megabytes.
 */
export const cutLua = `
local function cut(text, most)
  return text and #text > most and string.sub(text, 1, most + 1) or text
end
`

// What is no hash has no fields: whoever may write to Redis can name any key where one of ours is expected.
const fieldsLua = `${cutLua}local most, found = tonumber(ARGV[1]), {}
local isHash = redis.call('TYPE', KEYS[1])['ok'] == 'hash'
for at = 2, #ARGV do
  found[at - 1] = isHash and cut(redis.call('HGET', KEYS[1], ARGV[at]), most)
end
return found
`

/** All fields of a hash as HGETALL gives them, each cut to the argument. */
export const boundedValuesLua = `${cutLua}local most = tonumber(ARGV[1])
if redis.call('TYPE', KEYS[1])['ok'] ~= 'hash' then return {} end
local flat = redis.call('HGETALL', KEYS[1])
for at = 2, #flat, 2 do flat[at] = cut(flat[at], most) end
return flat
`

/** Some fields of a hash, as HMGET gives them; null for those that are missing. Longer ones are cut: see `cutLua`. */
export async function readBoundedFields(
  client: Reads,
  key: string,
  names: readonly string[],
  mostBytes: number,
): Promise<(string | null)[]> {
  const found = await run(client, 'brineFields', fieldsLua, key, [mostBytes, ...names])
  return names.map((_, at) => textOf(found[at]))
}

/** All fields of a hash, as HGETALL gives them, longer ones cut. */
export async function readBoundedValues(client: Reads, key: string, mostBytes: number): Promise<[string, string][]> {
  const flat = await run(client, 'brineValues', boundedValuesLua, key, [mostBytes])
  const entries: [string, string][] = []
  for (let at = 0; at < flat.length; at += 2) entries.push([String(flat[at]), String(flat[at + 1])])
  return entries
}

async function run(
  client: Reads,
  name: string,
  lua: string,
  key: string,
  args: (string | number)[],
): Promise<readonly unknown[]> {
  let reply: unknown
  if ('runCommand' in client) {
    if (!Reflect.has(client, name)) client.defineCommand(name, { numberOfKeys: 1, lua })
    reply = await client.runCommand(name, [key, ...args])
  } else {
    reply = await client.eval(lua, 1, key, ...args)
  }
  return Array.isArray(reply) ? reply : []
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
