import { longestHead } from '../../codec/text-head.ts'
import type { Client } from '../connection/client.ts'

/** A job below another in a flow, as Redis has it. */
export interface Descendant {
  key: string
  /** `gone` without a hash, as in quarantine; `refused` where Redis lets this user, or this node of a cluster, not look. */
  state: 'active' | 'waits' | 'completed' | 'failed' | 'gone' | 'refused'
  name: string
  /** The key of the job that it was found below. */
  parent: string
  /** The beginning of its payload. */
  head: string
  /** Whether it has children that have not completed. */
  hasChildren: boolean
}

const longestName = 1_000

// Each job is visited once, whatever its hashes claim. A child counts only below the parent that its own hash names, except that a
// completed one may have left nothing but its entry at the parent. Whoever may write to Redis may write members that are no keys of jobs, and
// values of another type under any key: these are passed over. Nothing calls itself: a flow may be deeper than Lua's stack.
const script = `
local found, seen, below = {}, {}, { KEYS[1] }
local function start(text, length) return text and string.sub(text, 1, length) or '' end
local function ask(...)
  local reply = redis.pcall(...)
  if type(reply) ~= 'table' or not reply.err then return reply end
end
local function visit(child, parent, completed)
  local id = string.match(child, '^.*:(.+)$')
  if not id or seen[child] then return end
  seen[child] = true
  local hash = redis.pcall('HMGET', child, 'name', 'parentKey')
  if hash.err then
    found[#found + 1] = {child, parent, 'refused', '', '', 0}
    return
  end
  local queue = string.sub(child, 1, #child - #id)
  local state = 'waits'
  if completed then state = 'completed'
  elseif not hash[1] then state = 'gone'
  elseif hash[2] ~= parent then return
  elseif ask('ZSCORE', queue .. 'completed', id) then state = 'completed'
  elseif ask('ZSCORE', queue .. 'failed', id) then state = 'failed'
  elseif ask('EXISTS', child .. ':lock') == 1 then state = 'active' end
  local head = start(hash[1] and ask('HGET', child, 'data'), ${longestHead})
  local unprocessed = ask('SCARD', child .. ':dependencies') or 0
  found[#found + 1] = {child, parent, state, start(hash[1], ${longestName}), head, unprocessed}
  below[#below + 1] = child
end
local function look(parent)
  local function visitAll(children, completed)
    for _, child in ipairs(children or {}) do visit(child, parent, completed) end
  end
  visitAll(ask('SMEMBERS', parent .. ':dependencies'), false)
  visitAll(ask('HKEYS', parent .. ':processed'), true)
  visitAll(ask('HKEYS', parent .. ':failed'), false)
  visitAll(ask('ZRANGE', parent .. ':unsuccessful', 0, -1), false)
end
seen[KEYS[1]] = true
local from = #ARGV == 0 and 1 or 2
for _, child in ipairs(ARGV) do visit(child, KEYS[1], false) end
while from <= #below do
  look(below[from])
  from = from + 1
end
return found
`

/**
 * The jobs below a job, at every depth and in every queue, as they are at one moment; parents come before their children. With `children`, which are keys, only those
 * children and what is below them.
 */
export async function findDescendants(
  client: Client,
  key: string,
  children: readonly string[] = [],
): Promise<Descendant[]> {
  const found = (await client.eval(script, 1, key, ...children)) as [
    string,
    string,
    Descendant['state'],
    string,
    string,
    number,
  ][]
  return found.map(([at, parent, state, name, head, unprocessed]) => ({
    ...{ key: at, parent, state, name, head },
    hasChildren: unprocessed > 0,
  }))
}
