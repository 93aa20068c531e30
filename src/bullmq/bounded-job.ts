import type { RedisClient } from 'bullmq'
import { cutField } from './job-fields.ts'

const longestField = 64 * 1024
const longestTrace = 1024 * 1024

// Those that BullMQ reads of a job. The rest is for others, and stays where it is.
const read = [
  ...['name', 'data', 'opts', 'timestamp', 'delay', 'priority', 'atm', 'ats', 'stc', 'processedOn', 'finishedOn'],
  ...['pb', 'rjk', 'nrjid', 'deid', 'parentKey', 'parent', 'defa'],
]
// Without them nothing is amiss: they tell of what was before.
const optional = ['stacktrace', 'returnvalue', 'progress', 'failedReason']

/**
 * `readJob(key)` in Lua: a job's hash as HGETALL gives it, unless it is longer than any that BrineMQ wrote. Of such a one it
 * gives the fields that BullMQ reads, each as far as it is of a length that somebody would write, and names the others in
 * `brine:cut`: some hundred megabytes would take a worker's memory before anybody looked at a seal.
 *
 * `maxTextBytes` is in bytes, of one encoded text.
 */
export function readJobLua(maxTextBytes: number): string {
  // A payload, an error and its message, a result, progress, and the stacks of some attempts.
  const usual = 5 * maxTextBytes + longestTrace
  const most = (names: readonly string[], length: number) => names.map((name) => `${name} = ${length}`).join(', ')
  return `
local function readJob(key)
  local hash = redis.call('HGETALL', key)
  local total = 0
  for at = 1, #hash do total = total + #hash[at] end
  if total <= ${usual} then return hash end
  local longest = { ${most(read, longestField)}, ${most(optional, longestTrace)} }
  longest['data'] = ${maxTextBytes}
  local optional = { ${most(optional, 1)} }
  local kept, cut = {}, {}
  for at = 1, #hash, 2 do
    local name, value = hash[at], hash[at + 1]
    if longest[name] and #value <= longest[name] then
      table.insert(kept, name)
      table.insert(kept, value)
    elseif longest[name] and not optional[name] then
      table.insert(cut, name)
    end
  end
  table.insert(kept, '${cutField}')
  table.insert(kept, table.concat(cut, ','))
  return kept
end
`
}

// What is no hash is no job, and blanks no listing.
const whereHash = `if redis.call('TYPE', KEYS[1])['ok'] ~= 'hash' then return {} end\n`

/** The same as an object, for those who read a job by its key. */
export async function readBoundedJob(
  client: Pick<RedisClient, 'defineCommand' | 'runCommand'>,
  key: string,
  maxTextBytes: number,
): Promise<Record<string, string>> {
  const command = `brineJob${maxTextBytes}`
  if (!Reflect.has(client, command)) {
    client.defineCommand(command, {
      numberOfKeys: 1,
      lua: `${readJobLua(maxTextBytes)}${whereHash}return readJob(KEYS[1])`,
    })
  }
  const flat: unknown = await client.runCommand(command, [key])
  const hash: Record<string, string> = {}
  const given: unknown[] = Array.isArray(flat) ? flat : []
  for (let at = 0; at < given.length; at += 2) hash[String(given[at])] = String(given[at + 1])
  return hash
}
