import type { Redis } from 'ioredis'
import { type Reads, readBoundedFields } from './bounded-read.ts'
import { aloneField } from './job-fields.ts'

const longestCount = 15

// Anybody may have written it, and what is no count is none. A job that is gone stays gone.
const isCount = /^\d+$/
const countLua = `
if redis.call('TYPE', KEYS[1])['ok'] ~= 'hash' then return end
if not pcall(redis.call, 'HINCRBY', KEYS[1], '${aloneField}', 1) then redis.call('HSET', KEYS[1], '${aloneField}', 1) end
`

/** How often the job under a key has begun to run alone. */
export async function readSoloStarts(client: Reads, key: string): Promise<number> {
  const [text] = await readBoundedFields(client, key, [aloneField], longestCount)
  return text && text.length <= longestCount && isCount.test(text) ? Number(text) : 0
}

/** Counts that it begins once more. */
export async function countSoloStart(client: Pick<Redis, 'eval'>, key: string): Promise<void> {
  await client.eval(countLua, 1, key)
}
