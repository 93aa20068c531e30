import { idField, keptField } from '../bullmq/quarantine-keys.ts'
import { queueLua } from '../bullmq/queue-lua.ts'

/**
 * Throws entries of the quarantine away, with all that hangs on their jobs. Answers for each with 1, or with 0 when there is
 * none (any more). A parent that waits for such a job is treated as BullMQ does when a child is removed: it waits for one child
 * less, and goes on after the last.
 */
export const discardScript = `${queueLua}
local events, meta, failed, waitingEntries = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local base, entries = ARGV[1], ARGV[2]
local call = redis.call
local answers = {}

local function release(parentKey, job)
  if call('SREM', parentKey .. ':dependencies', job) == 0 then return end
  if call('SCARD', parentKey .. ':dependencies') > 0 then return end
  local id = string.match(parentKey, '^.*:(.*)$') or ''
  local queue = string.sub(parentKey, 1, #parentKey - #id)
  if not call('ZSCORE', queue .. 'waiting-children', id) then return end
  local priority = tonumber(call('HGET', parentKey, 'priority') or 0) or 0
  if priority > 0 then
    call('ZADD', queue .. 'prioritized', scoreOf(priority, queue .. 'pc'), id)
  else
    call('RPUSH', queue .. 'wait', id)
  end
  -- Not before, so that the parent is in some list, whatever the others hold.
  call('ZREM', queue .. 'waiting-children', id)
  if not isHeld(queue .. 'meta', queue .. 'active') then call('ZADD', queue .. 'marker', 0, '0') end
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
    if redis.pcall('ZREM', failed, entryId) ~= 1 then redis.pcall('LREM', waitingEntries, 1, entryId) end
    -- A job that has the same id now has these lists too, and may be a child of the same parent.
    if call('EXISTS', job) == 0 then
      call('DEL', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful')
      -- The parent may be anything that somebody wrote there, and the job is gone in any case.
      if kept[2] and call('EXISTS', kept[2]) == 1 then pcall(release, kept[2], job) end
      redis.pcall('XADD', events, 'MAXLEN', '~', mostEvents(meta), '*',
        'event', 'removed', 'jobId', kept[1], 'prev', 'quarantined')
    end
    table.insert(answers, 1)
  end
end
return answers
`
