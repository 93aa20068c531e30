import { entryField } from '../bullmq/job-fields.ts'
import { idField, keptField, ofKeyField, quarantinedEvent, wholeField } from '../bullmq/quarantine-keys.ts'
import { queueLua } from '../bullmq/queue-lua.ts'
import { serverMsLua } from '../bullmq/server-time.ts'

/**
 * Moves a job that is active under our lock into the quarantine, all of it in one step: a crash leaves it where it was, or
 * where it goes. Answers with the id of its entry, or with nothing when the job is no longer ours.
 *
 * Its hash is copied field by field, byte for byte, under other names: the names that BullMQ reads hold what every tool can
 * show. What hangs on the job goes with it or stays for it: its log goes along; the lists of its children stay, since these
 * report there; it stays among the dependencies of its parent, which waits on.
 *
 * What stands in place of a job is a key of the queue, when the id is that of one: then it stays where it is, without the marks that
 * BullMQ made in it when it took it for a job, and the entry says so alone.
 *
 * Two things are given back that it would hold from other jobs, as when it had ended: its deduplication id (the next job that
 * BullMQ keeps for that is stored), and its part in the rate limit, when the time that it counted in is not over.
 */
export const quarantineScript = `${queueLua}
${serverMsLua}
local job, active, stalled, events, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local limiter, wait, prioritized, delayed = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local marker, pc, failed, entryEvents, entryMeta = KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14]
local base, entries, id, token = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local name, reason, data, code, path = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local timestamp, takenAt, limiterMs, attempts = ARGV[10], ARGV[11], ARGV[12], ARGV[13]
local entryId, isKey = ARGV[14], ARGV[15] == 'a key'
local now = serverMs()
local call, try = redis.call, redis.pcall

local kind = call('TYPE', job)['ok']
if isKey and kind == 'hash' then call('HDEL', job, 'processedOn', 'ats', 'pb') end
if (kind == 'none' and not isKey) or call('GET', job .. ':lock') ~= token then return false end
if not call('LPOS', active, id) then return false end

-- The same id may be refused again before the first is gone, and the quarantine has keys of the same names.
local wanted = entryId
while call('EXISTS', entries .. entryId) == 1 or (isKey and entryId == wanted) do
  entryId = wanted .. '~' .. call('INCR', entries .. 'id')
end
local entry = entries .. entryId

-- What may fail, because something else stands under a key of ours, comes before what takes the job away.
call('ZADD', failed, now, entryId)
call('XADD', entryEvents, 'MAXLEN', '~', mostEvents(entryMeta), '*', 'event', 'failed', 'jobId', entryId,
  'failedReason', reason, 'prev', 'active')

local deduplication
if isKey then
  call('HSET', entry, '${ofKeyField}', '1')
elseif kind == 'hash' then
  deduplication = call('HGET', job, 'deid')
  local fields = call('HGETALL', job)
  for at = 1, #fields, 2 do call('HSET', entry, '${keptField}' .. fields[at], fields[at + 1]) end
else
  call('HSET', entry, '${wholeField}', call('DUMP', job))
end
call('HSET', entry, '${idField}', id, 'name', name, 'data', data, 'opts', '{}', 'timestamp', timestamp, 'delay', '0', 'priority', '0',
  'processedOn', takenAt, 'finishedOn', now, 'failedReason', reason, 'stacktrace', '[]', 'atm', attempts)
if not isKey then
  if call('EXISTS', job .. ':logs') == 1 then call('RENAME', job .. ':logs', entry .. ':logs') end
  call('DEL', job)
end
call('LREM', active, -1, id)

-- The job is in the quarantine by now, and the other keys of its queue may hold anything.
try('SREM', stalled, id)
call('DEL', job .. ':lock')
try('XADD', events, 'MAXLEN', '~', mostEvents(meta), '*', 'event', '${quarantinedEvent}', 'jobId', id, '${entryField}', entryId,
  'name', name, 'code', code, 'path', path, 'reason', reason, 'prev', 'active')
-- For those who wait with BullMQ alone, which knows no other bad end. Our readers pass over it.
try('XADD', events, '*', 'event', 'failed', 'jobId', id, 'failedReason', reason, 'prev', 'active', '${entryField}', entryId)

local counted = tonumber(try('GET', limiter) or 0)
-- A limit that somebody set by hand is a number beyond all counting.
if counted and counted > 0 and counted < 2 ^ 40 then
  local duration = tonumber(limiterMs) or tonumber(try('HGET', meta, 'duration'))
  local left = call('PTTL', limiter)
  local began = tonumber(now) + left - (duration or 0)
  -- Redis measures the time left from when a script begins, and TIME goes on: they may differ by milliseconds.
  if duration and left > 0 and tonumber(takenAt) + 25 >= began then try('DECR', limiter) end
end

if deduplication then pcall(function()
  local held = base .. 'de:' .. deduplication
  if call('PTTL', held) == -1 and call('GET', held) == id then call('DEL', held) end
  local kept = base .. 'dn:' .. deduplication
  local nextJob = call('HMGET', kept, 'name', 'data', 'opts', 'pk', 'pd', 'pdk', 'rjk', 'jid')
  local isJson, opts = pcall(cjson.decode, nextJob[3] or '')
  local de = isJson and type(opts) == 'table' and (opts['de'] or {})
  if type(de) == 'table' then
    local counter = call('INCR', base .. 'id')
    local nextId = nextJob[8] or tostring(counter)
    local nextKey = base .. nextId
    local delay, priority = tonumber(opts['delay']) or 0, tonumber(opts['priority']) or 0
    local ttl = tonumber(de['ttl']) or 0
    if not de['keepLastIfActive'] and ttl >= 1 and ttl < 2 ^ 50 then
      call('SET', held, nextId, 'PX', math.floor(ttl))
    else
      call('SET', held, nextId)
    end
    call('HSET', nextKey, 'name', nextJob[1], 'data', nextJob[2], 'opts', nextJob[3], 'timestamp', now,
      'delay', delay, 'priority', priority, 'deid', deduplication)
    if nextJob[4] then call('HSET', nextKey, 'parentKey', nextJob[4]) end
    if nextJob[5] then call('HSET', nextKey, 'parent', nextJob[5]) end
    if nextJob[7] then call('HSET', nextKey, 'rjk', nextJob[7]) end
    call('XADD', events, '*', 'event', 'added', 'jobId', nextId, 'name', nextJob[1])
    if delay > 0 then
      local due = tonumber(now) + delay
      call('ZADD', delayed, due * 0x1000, nextId)
      call('XADD', events, '*', 'event', 'delayed', 'jobId', nextId, 'delay', due)
      local first = call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
      call('ZADD', marker, math.floor(tonumber(first[2]) / 0x1000), '1')
    else
      if priority > 0 then
        call('ZADD', prioritized, scoreOf(priority, pc), nextId)
      else
        call(opts['lifo'] and 'RPUSH' or 'LPUSH', wait, nextId)
      end
      call('ZADD', marker, 0, '0')
      call('XADD', events, '*', 'event', 'waiting', 'jobId', nextId)
    end
    if nextJob[6] then call('SADD', nextJob[6], nextKey) end
    call('DEL', kept)
  end
end) end

if try('LLEN', wait) == 0 and call('LLEN', active) == 0 and try('ZCARD', prioritized) == 0 then
  try('XADD', events, '*', 'event', 'drained')
end
return entryId
`
