import type { RedisClient } from 'bullmq'
import { readJobLua } from './bounded-job.ts'
import { boundChildren } from './child-lists.ts'
import { shortIdLua } from './job-id.ts'
import { byServerTime } from './server-time.ts'

/** What BullMQ's scripts call Redis by, and what they hand the next job over with. */
const caller = 'local rcall = redis.call'
const handsOver = 'return {rcall("HGETALL", jobKey), jobId, 0, 0}'
// Comes before anything is written for the job that is taken.
const takes = 'local jobKey = keyPrefix .. jobId'
// Of these jobs BullMQ takes the ids alone.
const lists = 'rcall("HGETALL", prefix .. jobId)'
// Trims what older jobs have left, and is a statement of its own wherever it stands.
const removes = /^(\s*)removeJob\((.*)\)(?=\s*(?:--.*)?$)/gm

const forgives = 'rcall = forgiving'

// From here on BullMQ's script for jobs that end touches the keys of a parent.
const readsParent = 'local parentKey = jobAttributes[1] or ""'

/**
 * Another `redis.call`, for which a key of another type that is not one of the queue's own counts as missing. These are the keys of
 * parents and of older jobs, whose names stand in hashes: BullMQ's script would break off halfway, and again for whoever comes next.
 */
const forgiving = `${caller}
local function forgiving(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  local isOwn = not string.find(reply.err, 'WRONGTYPE', 1, true)
  for _, own in ipairs(KEYS) do isOwn = isOwn or own == key end
  if isOwn then return redis.call(command, key, ...) end
  if command == 'HMGET' then
    local missing = {}
    for at = 1, select('#', ...) do missing[at] = false end
    return missing
  end
  local lists = { HGETALL = true, SMEMBERS = true, LRANGE = true, ZRANGE = true, ZPOPMIN = true, HKEYS = true }
  if lists[command] then return {} end
  local none = { HGET = true, GET = true, ZSCORE = true, RPOPLPUSH = true, XADD = true }
  return not none[command] and 0
end`

// What should be the key of a job may be any text. Without an anchor, Lua would look for a colon from each of its characters on.
const idInKey = 'return string.match(jobKey, ".*:(.*)")'
const idInAny = 'return string.match(jobKey, "^.*:(.*)$") or ""'

/**
 * A script of BullMQ that hands over no more of a job than a worker reads, and does not break off at what somebody planted
 * beside it. What is not written as this expects stays as BullMQ has it: test/queue/hardened.test.ts says when that comes.
 */
export function hardenScript(lua: string, maxTextBytes: number): string {
  const bounded = lua.includes(handsOver)
    ? lua
        .replace(caller, `${caller}\n${readJobLua(maxTextBytes)}${shortIdLua}`)
        .replace(takes, `jobId = shortId(keyPrefix, jobId)\n  ${takes}`)
        .replace(handsOver, 'return {readJob(jobKey), jobId, 0, 0}')
    : lua.replace(lists, `(redis.call('EXISTS', prefix .. jobId) == 1 and { 'id' } or {})`)
  if (!lua.includes('local function removeParentDependencyKey')) return bounded
  // Some say it twice.
  const [before = '', ...after] = bounded.split(caller)
  const called = after.join('').replace(removes, '$1pcall(removeJob, $2)')
  const rest = called.replace(idInKey, () => idInAny)
  // Every job ends by this script. Those without a parent call Redis as BullMQ does.
  if (!rest.includes(readsParent)) return boundChildren(`${before}${forgiving}\n${forgives}${rest}`, forgives)
  const switched = `${readsParent}\n    if parentKey ~= "" then rcall = forgiving end`
  return `${before}${forgiving}${rest.replace(readsParent, switched)}`
}

/** The scripts that a client knows, as ioredis has them. */
type Scripts = Readonly<Record<string, { readonly lua: string; readonly numberOfKeys: number | null }>>

/**
 * The name under which a client knows the hardened form of a script that BullMQ defined on it, with its version behind a colon. A
 * user's client may serve queues of bare BullMQ too, so theirs stays what it is.
 */
export function hardenedName(
  client: Pick<RedisClient, 'defineCommand'>,
  command: string,
  version: string,
  maxTextBytes: number,
): string {
  const scripts: unknown = Reflect.get(client, 'scriptsSet')
  // A transaction takes them from its client.
  if (typeof scripts !== 'object' || scripts === null) return command
  const known = scripts as Scripts
  const hardened = `brine${maxTextBytes}:${command}`
  if (known[`${hardened}:${version}`]) return hardened
  const { lua, numberOfKeys } = known[`${command}:${version}`] ?? {}
  const hard = lua && byServerTime(command, hardenScript(lua, maxTextBytes))
  if (!hard || hard === lua || typeof numberOfKeys !== 'number') return command
  client.defineCommand(`${hardened}:${version}`, { numberOfKeys, lua: hard })
  return hardened
}
