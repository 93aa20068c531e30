import { cutLua } from '../bullmq/bounded-read.ts'
import { mostLevels, mostListed, tooManyChildren } from '../bullmq/child-lists.ts'
import { isJobKey, longestKey } from '../bullmq/job-key.ts'
import { longestHead } from '../codec/text-head.ts'
import type { Client } from '../connection/client.ts'
import type { BrineError } from '../errors.ts'

/** A job below another in a flow, as Redis has it. */
export interface Descendant {
  key: string
  /**
   * `gone` without a hash, as in quarantine. `refused` where Redis does not let this user, or this node of a cluster, look, or where the
   * key holds no job. `noJob` for an entry in a list of children that is no key of a job, and for such a list that is none.
   */
  state: 'active' | 'waits' | 'completed' | 'failed' | 'gone' | 'refused' | 'noJob'
  name: string
  /** The key of the job that it was found below. */
  parent: string
  /** The beginning of its payload. */
  head: string
  /** Whether it has children that have not completed. */
  hasChildren: boolean
}

/** An entry in a job's lists of children. */
interface Listed {
  key: string
  parent: string
  kind: 'completed' | 'other' | 'noJob'
}

const longestName = 1_000
// Redis does nothing else while a script runs.
const mostAtOnce = 100

// What a list holds that is too long together is not read.
const listScript = `${cutLua}
local left, found = tonumber(ARGV[1]), {}
local function add(at, list, kind, count, read, ...)
  local key = ARGV[at] .. list
  local size = redis.pcall(count, key)
  if type(size) ~= 'number' then
    table.insert(found, {key, at - 2, 'noJob'})
    return
  end
  left = left - size
  if left < 0 then return end
  for _, child in ipairs(redis.call(read, key, ...)) do table.insert(found, {cut(child, ${longestKey}), at - 2, kind}) end
end
for at = 2, #ARGV do
  add(at, ':dependencies', 'other', 'SCARD', 'SMEMBERS')
  add(at, ':processed', 'completed', 'HLEN', 'HKEYS')
  add(at, ':failed', 'other', 'HLEN', 'HKEYS')
  add(at, ':unsuccessful', 'other', 'ZCARD', 'ZRANGE', 0, -1)
  if left < 0 then return false end
end
return found
`

// A child counts only below the parent that its own hash names, except that a completed one may have left nothing but its entry at the
// parent. The keys beside a job may hold anything.
const lookScript = `
local function start(text, length) return type(text) == 'string' and string.sub(text, 1, length) or '' end
local function isIn(list, id) return type(redis.pcall('ZSCORE', list, id)) == 'string' end
local function look(child, parent, kind)
  local hash = redis.pcall('HMGET', child, 'name', 'parentKey')
  if hash.err then return {'refused'} end
  local id = string.match(child, '.*:(.*)')
  local queue = string.sub(child, 1, #child - #id)
  local state = 'waits'
  if kind == 'completed' then state = 'completed'
  elseif not hash[1] then state = 'gone'
  elseif hash[2] ~= parent then return false
  elseif isIn(queue .. 'completed', id) then state = 'completed'
  elseif isIn(queue .. 'failed', id) then state = 'failed'
  elseif redis.call('EXISTS', child .. ':lock') == 1 then state = 'active' end
  local head = start(hash[1] and redis.call('HGET', child, 'data'), ${longestHead})
  local unprocessed = redis.pcall('SCARD', child .. ':dependencies')
  local lists = redis.call('EXISTS', child .. ':dependencies', child .. ':processed', child .. ':failed', child .. ':unsuccessful')
  return {state, start(hash[1], ${longestName}), head, type(unprocessed) == 'number' and unprocessed or 0, lists}
end
local found = {}
for at = 1, #ARGV, 3 do
  local isSeen, one = pcall(look, ARGV[at], ARGV[at + 1], ARGV[at + 2])
  table.insert(found, isSeen and one or (not isSeen and {'refused'}))
end
return found
`

type Looked = readonly [Descendant['state'], name?: string, head?: string, unprocessed?: number, lists?: number]

/**
 * The jobs below a job, at every depth and in every queue, some at a time, parents before their children. A job's children are looked up
 * when the caller asks for more, so it can first mark the job. With `children`, which are keys, only those children and the jobs below
 * them. Each job is given once, whatever its hashes claim. Throws LIMIT_EXCEEDED when the lists have more
 * than 100,000 entries together, or 1,000 levels.
 */
export async function* findDescendants(
  client: Client,
  key: string,
  children: readonly string[] = [],
): AsyncGenerator<Descendant[], void> {
  const seen = new Set([key])
  let left = mostListed

  async function list(parents: readonly string[]): Promise<Listed[]> {
    const reply: unknown = await client.eval(listScript, 1, key, left, ...parents)
    if (!Array.isArray(reply)) throw tooMany()
    left -= reply.length
    return unseen(reply.map(([child, at, kind]) => ({ key: child, parent: parents[at] ?? key, kind })))
  }

  function unseen(listed: readonly Listed[]): Listed[] {
    return listed.filter((one) => !seen.has(one.key) && seen.add(one.key))
  }

  let level =
    children.length > 0
      ? unseen(children.map((child) => ({ key: child, parent: key, kind: 'other' })))
      : await list([key])
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > mostLevels) throw tooMany()
    const below: Listed[] = []
    for (let at = 0; at < level.length; at += mostAtOnce) {
      const some = level.slice(at, at + mostAtOnce)
      const found = await look(client, key, some)
      yield found.map(({ job }) => job)
      const parents = found.filter(({ hasLists }) => hasLists).map(({ job }) => job.key)
      if (parents.length > 0) below.push(...(await list(parents)))
    }
    level = below
  }
}

async function look(
  client: Client,
  root: string,
  listed: readonly Listed[],
): Promise<{ job: Descendant; hasLists: boolean }[]> {
  const given = listed.map((one) => (isJobKey(one.key) ? one : { ...one, kind: 'noJob' as const }))
  const jobs = given.filter(({ kind }) => kind !== 'noJob')
  const args = jobs.flatMap(({ key, parent, kind }) => [key, parent, kind])
  const reply: unknown = jobs.length > 0 ? await client.eval(lookScript, 1, root, ...args) : []
  const looked = new Map<Listed, Looked | null>()
  for (const [at, one] of jobs.entries()) looked.set(one, Array.isArray(reply) ? reply[at] : null)
  return given.flatMap((one) => {
    const found: Looked | null = one.kind === 'noJob' ? ['noJob'] : (looked.get(one) ?? null)
    if (found === null) return []
    const [state, name = '', head = '', unprocessed = 0, lists = 0] = found
    const job = { key: one.key, parent: one.parent, state, name, head, hasChildren: unprocessed > 0 }
    return [{ job, hasLists: lists > 0 }]
  })
}

function tooMany(): BrineError {
  return tooManyChildren('not all of those are cancelled; cancel them first')
}
