import { cutLua } from './bounded-read.ts'
import { errorField } from './job-fields.ts'
import type { StoredBackend } from './stored-backend.ts'

/** What an attempt failed with, before it is decoded. */
export interface StoredFailure {
  /** BullMQ's message. */
  reason: string
  encoded: string | undefined
}

/** How a job ended, before anything is decoded. */
export type StoredOutcome =
  | {
      state: 'pending'
      /** The newest entry of the queue's events then: what they tell of its end follows it. */
      position: string
    }
  | { state: 'missing' }
  | { state: 'completed'; text: string }
  | ({ state: 'failed' } & StoredFailure)

// As BullMQ asks whether a job is finished, with the place in the events where that was so, and the error, in the same step.
const command = 'brineOutcomes'
const lua = `${cutLua}local completed, failed, events, base = unpack(KEYS)
local errorField, most, left = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local newest
local function read(job, field)
  local text = cut(redis.call('HGET', job, field), most)
  left = left - (text and #text or 0)
  return text
end
local function outcome(id)
  local job = base .. id
  if redis.call('EXISTS', job) == 0 then return { 'missing' } end
  if redis.call('ZSCORE', completed, id) then return { 'completed', read(job, 'returnvalue') } end
  if redis.call('ZSCORE', failed, id) then return { 'failed', read(job, 'failedReason'), read(job, errorField) } end
  newest = newest or redis.call('XREVRANGE', events, '+', '-', 'COUNT', 1)
  return { 'pending', newest[1] and newest[1][1] or '0-0' }
end
local found = {}
for at = 4, #ARGV do
  if left <= 0 then break end
  local ok, one = pcall(outcome, ARGV[at])
  found[at - 3] = ok and one or { 'refused' }
end
return found
`

// So that one answer blocks neither Redis nor the process: the others are asked for again.
const mostBytesTogether = 2 ** 20

/**
 * How some jobs ended, as it is stored: see outcome.ts. Texts that are too long for the contract are cut. Undefined for a job that Redis
 * refuses to read, such as another kind of key. When the texts are long together, the last jobs are left out.
 */
export async function readOutcomes(
  commands: StoredBackend,
  jobIds: readonly string[],
): Promise<(StoredOutcome | undefined)[]> {
  const client = await commands.client
  if (!Reflect.has(client, command)) client.defineCommand(command, { numberOfKeys: 4, lua })
  const keys = ['completed', 'failed', 'events', ''].map((key) => commands.toKey(key))
  const args = [...keys, errorField, commands.maxTextBytes, mostBytesTogether, ...jobIds]
  const found = (await client.runCommand(command, args)) as (string | null)[][]
  return found.map(([state, text, encoded]) => {
    if (state === 'completed') return { state, text: String(text) }
    if (state === 'failed') return { state, reason: String(text), encoded: encoded ?? undefined }
    if (state === 'pending') return { state, position: String(text) }
    return state === 'missing' ? { state } : undefined
  })
}
