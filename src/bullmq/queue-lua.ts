/**
 * Lua: `mostEvents(meta)` returns how many events a queue keeps; `isHeld(meta, active)`, whether it may start no job now;
 * `scoreOf(priority, pc)`, the score of a job with a priority. They read what BullMQ stores, but use defaults where it is not a number:
 * anyone who can write to Redis can write these keys.
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
