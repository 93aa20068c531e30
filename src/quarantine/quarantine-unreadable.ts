import { randomUUID } from 'node:crypto'
import type { Place } from '../bullmq/quarantine-keys.ts'
import type { Connection } from '../connection/connection.ts'
import { BrineError } from '../errors.ts'
import { type Id, idOf, keyAt } from './id-in-bytes.ts'
import type { QuarantineJob, RefusedJob } from './quarantine-job.ts'

/**
 * Keeps jobs at which BullMQ's own scripts break off, halfway: what stands under their key is no hash, or a count in it is no
 * number. Every worker would break off at them again, or lose them.
 */
export interface UnreadableJobs {
  /**
   * The job that was to be taken under `token`, which is among the active ones by then; says whether there was one. `ended` is the
   * job that ended in the same step, if one did.
   */
  taken(token: string, ended?: string): Promise<boolean>
  /** Those that would be found stalled now: their workers have died. */
  stalled(): Promise<void>
  /**
   * The job whose end could not be stored, because BullMQ's script broke off: by then it may be in no list at all. Says whether it was
   * kept; a job whose end was stored before the script broke off needs no keeping.
   */
  unended(job: RefusedJob, token: string): Promise<boolean>
}

// The one that was taken last stands first; others may have been taken since.
const mostLooked = 20
// Whoever dies between the claim and the move leaves the job to the next check after this.
const claimMs = 5_000

// Of the jobs that BullMQ suspects to have stalled, those at which its check would break off; they are locked for whoever asks.
const claimScript = `
local claimed = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local job = ARGV[1] .. id
  local kind = redis.call('TYPE', job)['ok']
  local broken = kind ~= 'hash' and kind ~= 'none'
  if kind == 'hash' then
    local count = redis.call('HGET', job, 'stc')
    broken = count and not (#count < 18 and (count == '0' or string.match(count, '^-?[1-9]%d*$')))
  end
  if broken and redis.call('SET', job .. ':lock', ARGV[2], 'PX', ARGV[3], 'NX') then
    redis.call('SREM', KEYS[1], id)
    table.insert(claimed, id)
  end
end
return claimed
`

// Locks a job for whoever asks, and puts it back among the active ones, unless its end was stored or another worker has it.
const reclaimScript = `
local job, active, wait = KEYS[1], KEYS[2], KEYS[3]
local id, token, ms = ARGV[1], ARGV[2], ARGV[3]
if redis.call('TYPE', job)['ok'] ~= 'hash' then return 0 end
for at = 4, #KEYS do
  local score = redis.pcall('ZSCORE', KEYS[at], id)
  if type(score) == 'string' then return 0 end
end
local lock = redis.pcall('GET', job .. ':lock')
if type(lock) == 'string' and lock ~= token then return 0 end
if type(redis.pcall('LPOS', wait, id)) == 'number' then return 0 end
if not redis.call('LPOS', active, id) then redis.call('LPUSH', active, id) end
redis.call('SET', job .. ':lock', token, 'PX', ms)
return 1
`

export function createUnreadableJobs(
  { client }: Connection,
  { of, base }: Place,
  quarantineJob: QuarantineJob,
): UnreadableJobs {
  async function isHeld(id: Id, token: string): Promise<boolean> {
    const lock = keyAt(base, id, ':lock')
    if ((await client.get(lock)) === token) return true
    // With a rate limit the script breaks off before it sets a lock.
    const kind = await client.type(keyAt(base, id))
    return kind !== 'hash' && kind !== 'none' && (await client.set(lock, token, 'PX', claimMs, 'NX')) === 'OK'
  }

  async function keep(id: Id, token: string): Promise<boolean> {
    const [name, timestamp] = await client.hmget(keyAt(base, id), 'name', 'timestamp').catch(() => [])
    const remedy = 'no worker can take it: what stands under its key is no hash, or a count in it is no number'
    const refusal = new BrineError('TEXT_INVALID', `${remedy}; enqueue it anew`, { job: name || undefined })
    return quarantineJob({ id, name: name ?? '', timestamp: Number(timestamp), attemptsMade: 0 }, token, refusal)
  }

  return {
    async taken(token, ended) {
      for (const id of (await client.lrangeBuffer(String(of['active']), 0, mostLooked - 1)).map(idOf)) {
        if (id !== ended && (await isHeld(id, token))) return keep(id, token)
      }
      return false
    },
    async unended(job, token) {
      const id = String(job.id)
      const keys = ['active', 'wait', 'completed', 'failed', 'delayed', 'prioritized'].map((name) => String(of[name]))
      const claimed = await client.eval(reclaimScript, 1 + keys.length, base + id, ...keys, id, token, claimMs)
      if (claimed !== 1) return false
      const remedy =
        'the handler has run, but its end could not be stored: a key beside the job, or a field of its hash, is not what BullMQ writes'
      const refusal = new BrineError('TEXT_INVALID', `${remedy}; mend that, and replay or discard the job`, {
        job: job.name,
      })
      return quarantineJob(job, token, refusal)
    },
    async stalled() {
      const token = randomUUID()
      const claimed = await client.callBuffer('EVAL', claimScript, 1, String(of['stalled']), base, token, claimMs)
      for (const id of Array.isArray(claimed) ? claimed : []) if (id instanceof Buffer) await keep(idOf(id), token)
    },
  }
}
