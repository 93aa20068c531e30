import { cutLua } from './bounded-read.ts'
import { errorField } from './retrying-backend.ts'
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
const command = 'brineOutcome'
const lua = `${cutLua}local completed, failed, job, events = unpack(KEYS)
if redis.call('EXISTS', job) == 0 then return { 'missing' } end
local function read(field)
  return cut(redis.call('HGET', job, field), tonumber(ARGV[3]))
end
if redis.call('ZSCORE', completed, ARGV[1]) then return { 'completed', read('returnvalue') } end
if redis.call('ZSCORE', failed, ARGV[1]) then return { 'failed', read('failedReason'), read(ARGV[2]) } end
local newest = redis.call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]
return { 'pending', newest and newest[1] or '0-0' }
`

/** How a job ended, as it is stored: see outcome.ts. A text that is too long for the contract is cut. */
export async function readOutcome(commands: StoredBackend, jobId: string): Promise<StoredOutcome> {
  const client = await commands.client
  if (!Reflect.has(client, command)) client.defineCommand(command, { numberOfKeys: 4, lua })
  const keys = ['completed', 'failed', jobId, 'events'].map((key) => commands.toKey(key))
  const [state, text, encoded] = (await client.runCommand(command, [
    ...keys,
    jobId,
    errorField,
    commands.maxTextBytes,
  ])) as (string | null)[]
  if (state === 'completed') return { state, text: String(text) }
  if (state === 'failed') return { state, reason: String(text), encoded: encoded ?? undefined }
  return state === 'pending' ? { state, position: String(text) } : { state: 'missing' }
}
