import { createHash } from 'node:crypto'
import { QueueKeys } from 'bullmq'
import type { Connection } from '../connection/connection.ts'
import { readTime } from '../read-time.ts'
import { type Known, readKnown } from './capabilities.ts'

/** Who runs a contract. */
export interface Announcer {
  /** Of the worker in BullMQ. */
  readonly id: string
  readonly name: string | undefined
  readonly host: string
  readonly pid: number
  readonly startedAt: Date | undefined
  /** The version of brinemq that it runs; undefined where it cannot be told. */
  readonly brinemq: string | undefined
  /** By how many milliseconds its clock is ahead of that of Redis; undefined before it has compared them. */
  readonly clockAheadMs: number | undefined
}

/** A worker that said within the last half minute what it knows. */
export interface AnnouncedWorker extends Announcer {
  /** The same for workers of the same contract. */
  readonly contractId: string
  readonly known: Known
}

/** What the workers of a queue announce: see docs/evolution.md and docs/wire.md. */
export interface Announcements {
  /** Says what a worker knows, for `announcedMs`, and gives the time by Redis' clock, in milliseconds since 1970. */
  write(announcer: Announcer, known: string): Promise<number>
  remove(id: string): Promise<void>
  /** What workers know that run another contract than this one. */
  readOthers(contractId: string): Promise<Known[]>
  /** All workers, by their names. */
  readAll(): Promise<AnnouncedWorker[]>
}

/** How long an announcement holds. Workers repeat theirs three times within it, so that one may be lost. */
export const announcedMs = 30_000

const digestLength = 16

/** What tells contracts apart. */
export function contractIdOf(known: string): string {
  return createHash('sha256').update(known).digest('base64url').slice(0, digestLength)
}

// By the server's clock, which all share. What is stored of a worker begins with its contract's id.
const live = `
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local function isA(kind, key) return redis.call('TYPE', key)['ok'] == kind end
`

const writeScript = `${live}
local all, untilWhen = KEYS[1], KEYS[2]
-- What somebody put in their place would keep all workers from announcing themselves.
if not isA('hash', all) then redis.call('DEL', all) end
if not isA('zset', untilWhen) then redis.call('DEL', untilWhen) end
local worker, contract = 'worker:' .. ARGV[2], 'contract:' .. ARGV[4]
redis.call('HSET', all, worker, ARGV[4] .. ARGV[3], contract, ARGV[5])
redis.call('ZADD', untilWhen, now + ARGV[1], worker, now + ARGV[1], contract)
local gone = redis.call('ZRANGEBYSCORE', untilWhen, '-inf', '(' .. now, 'LIMIT', 0, 100)
if #gone > 0 then
  redis.call('HDEL', all, unpack(gone))
  redis.call('ZREM', untilWhen, unpack(gone))
end
redis.call('PEXPIRE', all, ARGV[1])
redis.call('PEXPIRE', untilWhen, ARGV[1])
return now
`

// Whoever may write to Redis can announce anything, and each job that is refused has all of it read. A contract of a thousand models is shorter.
const longestRecord = 2_000
const longestContract = 2 ** 18
const mostBytes = 2 ** 20

const readScript = `${live}
local all, untilWhen, own = KEYS[1], KEYS[2], ARGV[1]
local workers, contracts, known = {}, {}, {}
if not isA('hash', all) or not isA('zset', untilWhen) then return { workers, contracts } end
local left = ${mostBytes}
local function field(name, most)
  if #name > ${longestRecord} or redis.call('HSTRLEN', all, name) > math.min(most, left) then return nil end
  local text = redis.call('HGET', all, name) or nil
  left = left - (text and #text or 0)
  return text
end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', untilWhen, now, '+inf', 'LIMIT', 0, 2000)) do
  if string.sub(name, 1, 7) == 'worker:' then
    local record = field(name, ${longestRecord})
    local id = record and string.sub(record, 1, ${digestLength})
    if record and id ~= own then
      if own == '' then table.insert(workers, string.sub(name, 8)); table.insert(workers, record) end
      if not known[id] then
        known[id] = true
        table.insert(contracts, id)
        table.insert(contracts, field('contract:' .. id, ${longestContract}) or '')
      end
    end
  end
end
return { workers, contracts }
`

export function createAnnouncements(
  queue: string,
  prefix: string | undefined,
  { client }: Pick<Connection, 'client'>,
): Announcements {
  const all = new QueueKeys(prefix).toKey(queue, 'brine:announced')
  const keys = [all, `${all}:until`]
  // Jobs that are refused come in crowds, and what was announced is mostly the same for all.
  let parsed = new Map<string, Known | undefined>()

  async function read(own: string): Promise<{ workers: string[]; contracts: Map<string, Known> }> {
    const reply: unknown = await client.eval(readScript, keys.length, ...keys, own)
    const [workers = [], contracts = []] = Array.isArray(reply) ? reply.map(textsIn) : []
    const known = new Map<string, Known>()
    const before = parsed
    parsed = new Map()
    for (let at = 0; at < contracts.length; at += 2) {
      const text = contracts[at + 1] ?? ''
      const one = before.has(text) ? before.get(text) : readKnown(text)
      parsed.set(text, one)
      if (one) known.set(contracts[at] ?? '', one)
    }
    return { workers, contracts: known }
  }

  return {
    async write({ id, ...rest }, known) {
      const record = JSON.stringify({ ...rest, startedAt: rest.startedAt?.getTime() })
      const now = await client.eval(
        writeScript,
        keys.length,
        ...keys,
        announcedMs,
        id,
        record,
        contractIdOf(known),
        known,
      )
      return Number(now)
    },
    async remove(id) {
      await Promise.all([client.hdel(all, `worker:${id}`), client.zrem(`${all}:until`, `worker:${id}`)])
    },
    readOthers: async (contractId) => [...(await read(contractId)).contracts.values()],
    async readAll() {
      const { workers, contracts } = await read('')
      const found: AnnouncedWorker[] = []
      for (let at = 0; at < workers.length; at += 2) {
        const [id = '', record = ''] = workers.slice(at, at + 2)
        const contractId = record.slice(0, digestLength)
        const known = contracts.get(contractId)
        if (known) found.push({ id, contractId, known, ...readAnnouncer(record.slice(digestLength)) })
      }
      return found.sort((one, other) => (one.name ?? one.id).localeCompare(other.name ?? other.id))
    },
  }
}

function readAnnouncer(text: string): Omit<Announcer, 'id'> {
  let given: Partial<Record<string, unknown>> = {}
  try {
    given = Object(JSON.parse(text))
  } catch {
    // Somebody else wrote it.
  }
  const { name, host, pid, startedAt, brinemq, clockAheadMs } = given
  return {
    name: typeof name === 'string' ? name : undefined,
    host: typeof host === 'string' ? host : '',
    pid: typeof pid === 'number' ? pid : 0,
    startedAt: readTime(typeof startedAt === 'number' ? startedAt : undefined),
    brinemq: typeof brinemq === 'string' ? brinemq : undefined,
    clockAheadMs: typeof clockAheadMs === 'number' ? clockAheadMs : undefined,
  }
}

function textsIn(given: unknown): string[] {
  return Array.isArray(given) ? given.map(String) : []
}
