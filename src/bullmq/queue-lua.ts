/**
 * In Lua: `mostEvents(meta)`, how many events a queue keeps, `isHeld(meta, active)`, whether it may start no job now, and
 * `scoreOf(priority, pc)`, where a job of a priority waits. As BullMQ reads these, except that defaults take the place of what is no
 * number: anyone who can write to Redis can write these keys.
 */
export const queueLua = `
local function mostEvents(meta)
  local most = redis.pcall('HGET', meta, 'opts.maxLenEvents')
  return type(most) == 'string' and #most < 16 and string.match(most, '^%d+$') or 10000
end
local function isHeld(meta, active)
  local limits = redis.pcall('HMGET', meta, 'paused', 'concurrency')
  local most, busy = tonumber(limits[2]), redis.pcall('LLEN', active)
  return limits[1] or (most and type(busy) == 'number' and busy >= most)
end
local function scoreOf(priority, pc)
  local count = redis.pcall('INCR', pc)
  return priority * 0x100000000 + (type(count) == 'number' and count or 0) % 0x100000000
end
`
