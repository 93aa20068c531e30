import type { Job } from 'bullmq'
import type { ScriptBackend } from './script-backend.ts'

/** A job that a worker works on: by its starts and attempts it knows whether another has taken the job since. */
export type HeldJob = Pick<Job, 'id' | 'token' | 'timestamp' | 'attemptsStarted' | 'attemptsMade'>

/**
 * `held`: it is the worker's, under its lock. `done`: what was to become of it is stored already; the answer to that was lost. `lost`: another
 * worker has taken the job, or it has ended, or it is gone.
 */
export type Hold = 'held' | 'done' | 'lost'

const command = 'brineRegain'
// In the last three it is only by what its own worker sent.
const lists = ['active', 'wait', 'stalled', 'delayed', 'prioritized', 'waiting-children']

// A job counts its starts, so one that nobody has taken since has as many as before. It stands among the active ones, or among those that wait,
// where the check for stalled jobs puts it. The other keys may hold anything.
const lua = `
local job, active, wait, stalled = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, token, ms, timestamp, starts, attempts = unpack(ARGV)
local lock = redis.pcall('GET', job .. ':lock')
if lock then return lock == token and 'held' or 'lost' end
local kept = redis.call('HMGET', job, 'timestamp', 'ats', 'atm')
if kept[1] ~= timestamp or kept[2] ~= starts then return 'lost' end
for at = 5, 7 do if type(redis.pcall('ZSCORE', KEYS[at], id)) == 'string' then return 'done' end end
local isActive, isWaiting = redis.call('LPOS', active, id), type(redis.pcall('LPOS', wait, id)) == 'number'
if not isActive and not isWaiting then return 'lost' end
if (kept[3] or '0') ~= attempts then return isWaiting and 'done' or 'lost' end
if isWaiting then
  redis.call('LREM', wait, 1, id)
  redis.call('LPUSH', active, id)
end
redis.call('SET', job .. ':lock', token, 'PX', ms)
redis.pcall('SREM', stalled, id)
return 'held'
`

/** Takes back a job whose lock has run out: it is still its worker's until another takes it. */
export async function reacquireLock(backend: ScriptBackend, job: HeldJob, lockMs: number): Promise<Hold> {
  const client = await backend.client
  const id = String(job.id)
  const keys = [id, ...lists].map((key) => backend.toKey(key))
  if (!Reflect.has(client, command)) client.defineCommand(command, { numberOfKeys: keys.length, lua })
  const counts = [job.timestamp, job.attemptsStarted, job.attemptsMade].map(String)
  const answer: unknown = await client.runCommand(command, [...keys, id, String(job.token), lockMs, ...counts])
  return answer === 'held' || answer === 'done' ? answer : 'lost'
}
