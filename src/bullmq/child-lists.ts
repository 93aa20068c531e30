import { isReply } from '../connection/redis-errors.ts'
import { BrineError } from '../errors.ts'
import { longestKey } from './job-key.ts'

/** How many entries the lists of children below a job may have together, so that one cancel or removal ends. */
export const mostListed = 100_000
/** How many levels of children may be below a job. */
export const mostLevels = 1_000

const tooMany = 'BRINE_TOO_MANY_CHILDREN'

// How the scripts list the children of a job.
const listing = /rcall\("(?:SMEMBERS|HGETALL|ZRANGE)", jobKey \.\. ":(\w+)"(?:, 0, -1)?\)/g

const lists = {
  dependencies: "{ count = 'SCARD', read = { 'SMEMBERS' } }",
  processed: "{ count = 'HLEN', read = { 'HKEYS' }, step = 2 }",
  failed: "{ count = 'HLEN', read = { 'HKEYS' }, step = 2 }",
  unsuccessful: "{ count = 'ZCARD', read = { 'ZRANGE', 0, -1 } }",
}

/**
 * `childrenIn(list, parent)` in Lua, in place of BullMQ's own listing. BullMQ follows whatever the lists hold: it breaks off at an entry that is no key,
 * follows circles until the stack ends and walks each of the 2^n ways through n layers. Here the jobs below KEYS[1] are first made
 * a tree: an entry counts if its hash names its parent, or is gone, and only where it is found first. Nothing is written before the tree is known.
 */
function childrenLua(names: readonly (keyof typeof lists)[], passesOver: boolean): string {
  return `
local lists = { ${names.map((name) => `${name} = ${lists[name]}`).join(', ')} }
local parents
local function read(list, parent)
  local command = lists[list].read
  return rcall(command[1], parent .. ':' .. list, unpack(command, 2))
end
local function isChild(child, parent)
  if #child > ${longestKey} or not string.match(child, ':[^:]+:[^:]+$') then return false end
  local kind = ${passesOver ? 'redis.pcall' : 'redis.call'}('TYPE', child)['ok']
  return kind == 'none' or (kind == 'hash' and rcall('HGET', child, 'parentKey') == parent)
end
local function findParents()
  parents = { [KEYS[1]] = '' }
  local level, left = { KEYS[1] }, ${mostListed}
  for depth = 1, ${mostLevels} do
    local below = {}
    for _, parent in ipairs(level) do
      for name, list in pairs(lists) do
        left = left - rcall(list.count, parent .. ':' .. name)
        if left < 0 then error('${tooMany}') end
        for _, child in ipairs(read(name, parent)) do
          if not parents[child] and isChild(child, parent) then
            parents[child] = parent
            table.insert(below, child)
          end
        end
      end
    end
    if #below == 0 then return end
    level = below
  end
  error('${tooMany}')
end
local function childrenIn(list, parent)
  if not parents then findParents() end
  local found = {}
  for _, child in ipairs(read(list, parent)) do
    if parents[child] == parent then
      table.insert(found, child)
      if lists[list].step == 2 then table.insert(found, '') end
    end
  end
  return found
end`
}

/** A script of BullMQ that removes the children of KEYS[1], within bounds; other scripts as they are. `caller` begins its functions. */
export function boundChildren(lua: string, caller: string): string {
  if (!lua.includes('removeJobChildren = function')) return lua
  // A cancel removes the children that have not ended, and whatever it may not look at is the caller's to list.
  const isCancel = lua.includes('ignoreProcessed = true')
  const names = isCancel
    ? (['dependencies'] as const)
    : (['dependencies', 'processed', 'failed', 'unsuccessful'] as const)
  const listed = lua.replace(listing, "childrenIn('$1', jobKey)")
  return listed.replace(caller, () => `${caller}\n${childrenLua(names, isCancel)}`)
}

/** What BullMQ's script breaks off with when there are more children than it may remove in one step. */
export function isTooManyChildren(error: unknown): boolean {
  return isReply(error) && error.message.includes(tooMany)
}

/** LIMIT_EXCEEDED of a job with too many children. */
export function tooManyChildren(what: string): BrineError {
  const limits = `${mostListed.toLocaleString('en')} children, or ${mostLevels.toLocaleString('en')} levels of them`
  return new BrineError('LIMIT_EXCEEDED', `more than ${limits}, are below the job, so ${what}`)
}
