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
// completed one may have left nothing but its entry at the parent.
const script = `
local found, seen = {}, {}
local look
local function start(text, length) return text and string.sub(text, 1, length) or '' end
local function visit(child, parent, completed)
  if seen[child] then return end
  seen[child] = true
  local hash = redis.pcall('HMGET', child, 'name', 'parentKey')
  if hash.err then
    found[#found + 1] = {child, parent, 'refused', '', '', 0}
    return
  end
  local id = string.match(child, '.*:(.*)')
  local queue = string.sub(child, 1, #child - #id)
  local state = 'waits'
  if completed then state = 'completed'
  elseif not hash[1] then state = 'gone'
  elseif hash[2] ~= parent then return
  elseif redis.call('ZSCORE', queue .. 'completed', id) then state = 'completed'
  elseif redis.call('ZSCORE', queue .. 'failed', id) then state = 'failed'
  elseif redis.call('EXISTS', child .. ':lock') == 1 then state = 'active' end
  local head = start(hash[1] and redis.call('HGET', child, 'data'), ${longestHead})
  local unprocessed = redis.call('SCARD', child .. ':dependencies')
  found[#found + 1] = {child, parent, state, start(hash[1], ${longestName}), head, unprocessed}
  look(child)
end
look = function(parent)
  for _, child in ipairs(redis.call('SMEMBERS', parent .. ':dependencies')) do visit(child, parent, false) end
  for _, child in ipairs(redis.call('HKEYS', parent .. ':processed')) do visit(child, parent, true) end
  for _, child in ipairs(redis.call('HKEYS', parent .. ':failed')) do visit(child, parent, false) end
  for _, child in ipairs(redis.call('ZRANGE', parent .. ':unsuccessful', 0, -1)) do visit(child, parent, false) end
end
seen[KEYS[1]] = true
if #ARGV == 0 then look(KEYS[1]) end
for _, child in ipairs(ARGV) do visit(child, KEYS[1], false) end
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
