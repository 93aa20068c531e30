import { aloneField } from '../bullmq/job-fields.ts'
import { listNames } from '../bullmq/job-id.ts'
import { idField, keptField, ofKeyField, wholeField } from '../bullmq/quarantine-keys.ts'
import { queueLua } from '../bullmq/queue-lua.ts'
import { stalledTooOften } from '../bullmq/stored-worker.ts'

/**
 * Puts jobs back from the quarantine into their queue: each in one step, and so once, whoever else does the same. Answers for
 * each entry with 1, with 0 when there is none (any more), or with 2 when a job of that id is in the queue again, or a key of the queue
 * has stood in its place from the first, or with 3 when it cannot be put back: somebody has damaged it, and the others are not to
 * suffer for it.
 *
 * The hash is what it was before the job was taken: without the marks of that, with no start more, and with no death of a worker held against it. It waits as a job that
 * BullMQ retries: behind the others, or by its priority, or first when it is a `lifo` job.
 */
export const replayScript = `${queueLua}
local active, wait, prioritized, events, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local marker, pc, failed, waitingEntries = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local base, entries = ARGV[1], ARGV[2]
local call = redis.call
local answers = {}
local own = {${[...listNames].map((name) => `['${name}']=true`).join(',')}}

local function restore(entry, job)
  local whole = call('HGET', entry, '${wholeField}')
  if whole then
    call('RESTORE', job, 0, whole)
    return
  end
  local fields = call('HGETALL', entry)
  for at = 1, #fields, 2 do
    if string.sub(fields[at], 1, ${keptField.length}) == '${keptField}' then
      call('HSET', job, string.sub(fields[at], ${keptField.length + 1}), fields[at + 1])
    end
  end
  call('HDEL', job, 'processedOn', 'finishedOn', 'pb', '${aloneField}')
  -- What is no count is why the job was refused, and stays.
  if string.match(call('HGET', job, 'stc') or '', '^%d+$') then call('HDEL', job, 'stc') end
  if call('HGET', job, 'defa') == '${stalledTooOften}' then call('HDEL', job, 'defa') end
  local starts = call('HGET', job, 'ats')
  if starts == '1' then
    call('HDEL', job, 'ats')
  elseif starts and #starts < 16 and string.match(starts, '^[1-9]%d*$') then
    call('HINCRBY', job, 'ats', -1)
  end
end

local function enqueue(job, id, isHash)
  local priority = isHash and tonumber(call('HGET', job, 'priority') or 0) or 0
  if priority > 0 then
    call('ZADD', prioritized, scoreOf(priority, pc), id)
  else
    local isJson, opts = pcall(cjson.decode, isHash and call('HGET', job, 'opts') or '')
    call(isJson and type(opts) == 'table' and opts['lifo'] and 'RPUSH' or 'LPUSH', wait, id)
  end
  if not isHeld(meta, active) then redis.pcall('ZADD', marker, 0, '0') end
  redis.pcall('XADD', events, 'MAXLEN', '~', mostEvents(meta), '*',
    'event', 'waiting', 'jobId', id, 'prev', 'quarantined')
end

local function putBack(entryId)
  local entry = entries .. entryId
  local id = call('HGET', entry, '${idField}')
  if not id then return 0 end
  local job = base .. id
  if call('EXISTS', job) == 1 or call('HEXISTS', entry, '${ofKeyField}') == 1 then return 2 end
  -- Somebody wrote it who would have a key of the queue made a hash.
  if own[id] then return 3 end
  local isWell = pcall(function()
    restore(entry, job)
    enqueue(job, id, call('TYPE', job)['ok'] == 'hash')
  end)
  if not isWell then
    -- Nothing waits yet, and a hash in no list would keep the job from being put back later.
    call('DEL', job)
    return 3
  end
  if call('EXISTS', entry .. ':logs') == 1 then call('RENAME', entry .. ':logs', job .. ':logs') end
  call('DEL', entry)
  if redis.pcall('ZREM', failed, entryId) ~= 1 then redis.pcall('LREM', waitingEntries, 1, entryId) end
  return 1
end

for at = 3, #ARGV do
  local isWell, answer = pcall(putBack, ARGV[at])
  table.insert(answers, isWell and answer or 3)
end
return answers
`
