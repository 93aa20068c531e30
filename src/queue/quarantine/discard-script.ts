import { idField, keptField } from './place.ts'

/**
 * Throws entries of the quarantine away, with all that hangs on their jobs. Answers for each with 1, or with 0 when there is
 * none (any more). A parent that waits for such a job is treated as BullMQ does when a child is removed: it waits for one child
 * less, and goes on after the last.
 */
export const discardScript = `
local events, meta, failed, waitingEntries = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local base, entries = ARGV[1], ARGV[2]
local call = redis.call
local answers = {}

local function release(parentKey, job)
  if call('SREM', parentKey .. ':dependencies', job) == 0 then return end
  if call('SCARD', parentKey .. ':dependencies') > 0 then return end
  local id = string.match(parentKey, '.*:(.*)')
  local queue = string.sub(parentKey, 1, #parentKey - #id)
  if call('ZREM', queue .. 'waiting-children', id) == 0 then return end
  local limits = call('HMGET', queue .. 'meta', 'paused', 'concurrency')
  local held = limits[1] or (limits[2] and call('LLEN', queue .. 'active') >= tonumber(limits[2]))
  local priority = tonumber(call('HGET', parentKey, 'priority') or 0) or 0
  if priority > 0 then
    local score = priority * 0x100000000 + call('INCR', queue .. 'pc') % 0x100000000
    call('ZADD', queue .. 'prioritized', score, id)
  else
    call('RPUSH', queue .. 'wait', id)
  end
  if not held then call('ZADD', queue .. 'marker', 0, '0') end
  call('XADD', queue .. 'events', '*', 'event', 'waiting', 'jobId', id, 'prev', 'waiting-children')
end

for at = 3, #ARGV do
  local entryId = ARGV[at]
  local entry = entries .. entryId
  local kept = call('HMGET', entry, '${idField}', '${keptField}parentKey')
  if not kept[1] then
    table.insert(answers, 0)
  else
    local job = base .. kept[1]
    call('DEL', entry, entry .. ':logs')
    if call('ZREM', failed, entryId) == 0 then call('LREM', waitingEntries, 1, entryId) end
    -- A job that has the same id now has these lists too, and may be a child of the same parent.
    if call('EXISTS', job) == 0 then
      call('DEL', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful')
      if kept[2] and call('EXISTS', kept[2]) == 1 then release(kept[2], job) end
      call('XADD', events, 'MAXLEN', '~', call('HGET', meta, 'opts.maxLenEvents') or 10000, '*',
        'event', 'removed', 'jobId', kept[1], 'prev', 'quarantined')
    end
    table.insert(answers, 1)
  end
end
return answers
`
