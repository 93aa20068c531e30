import type { Connection } from '../connection/connection.ts'
import { readTime } from '../read-time.ts'

/** The fields of a job's hash by name: a text; a number for one that is too long to be read, its bytes; undefined for none. */
export type Fields<Name extends string> = Readonly<Record<Name, string | number | undefined>>

// In one step, so that no job changes between two looks at it, and without reading what is too long to be looked at.
const script = `
local jobs = {}
local left = tonumber(ARGV[2])
for index, key in ipairs(KEYS) do
  local job = false
  if redis.call('TYPE', key).ok == 'hash' then
    job = {}
    for field = 4, #ARGV do
      local length = redis.call('HSTRLEN', key, ARGV[field])
      if length > tonumber(ARGV[1]) or (length > left and length > tonumber(ARGV[3])) then
        job[field - 3] = length
      else
        left = left - length
        job[field - 3] = redis.call('HGET', key, ARGV[field])
      end
    end
  end
  jobs[index] = job
end
return jobs
`

// The server does nothing else while a script runs.
const mostAtOnce = 100

/** Texts of at most this many bytes are read even when `maxTotal` is used up: listings show these facts of all their jobs. */
export const smallText = 1_024

/**
 * Reads some fields of many jobs; undefined for one that is gone. It does not read a text that is longer than `maxBytes`, or one that would
 * bring the sum of all texts over `maxTotal` bytes.
 */
export async function readFields<const Name extends string>(
  { client }: Connection,
  keys: readonly string[],
  names: readonly Name[],
  maxBytes: number,
  maxTotal = Number.MAX_SAFE_INTEGER,
): Promise<(Fields<Name> | undefined)[]> {
  const all: (Fields<Name> | undefined)[] = []
  let left = maxTotal
  for (let from = 0; from < keys.length; from += mostAtOnce) {
    const some = keys.slice(from, from + mostAtOnce)
    const bounds = [maxBytes, Math.max(0, left), smallText]
    const replies: unknown = await client.eval(script, some.length, ...some, ...bounds, ...names)
    for (const reply of Array.isArray(replies) ? replies : []) {
      left -= bytesOf(reply)
      all.push(Array.isArray(reply) ? fieldsOf(names, reply) : undefined)
    }
  }
  return all
}

// As the script counts them.
function bytesOf(reply: unknown): number {
  if (!Array.isArray(reply)) return 0
  return reply.reduce<number>((sum, field) => sum + (typeof field === 'string' ? Buffer.byteLength(field) : 0), 0)
}

function fieldsOf<Name extends string>(names: readonly Name[], values: readonly unknown[]): Fields<Name> {
  const entries = names.map((name, at) => [name, values[at] ?? undefined])
  return Object.fromEntries(entries) as Fields<Name>
}

/** A whole number that BullMQ wrote into a field, if it did. */
export function numberIn(field: string | number | undefined): number | undefined {
  if (typeof field !== 'string' || !/^-?\d+(\.\d+)?$/.test(field)) return undefined
  return Number(field)
}

/** A time that BullMQ wrote into a field: see `readTime`. */
export function dateIn(field: string | number | undefined): Date | undefined {
  return readTime(numberIn(field))
}

/** A text that is short enough to be read. */
export function textIn(field: string | number | undefined): string | undefined {
  return typeof field === 'string' ? field : undefined
}
