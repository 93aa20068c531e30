import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { Connection } from '../connection/connection.ts'

/** The right to change a queue's declared schedules, which one process has at a time, and keeps by asking for it again. */
export interface ReconcileLease {
  /** Waits until it is ours. */
  acquire(): Promise<void>
  /** Keeps it; false when it ran out meanwhile, and others may have been at work. */
  keep(): Promise<boolean>
  release(): Promise<void>
}

// Of a process that died over it the others wait for so long.
const leaseMs = 2_000
const askAgainMs = 20

// What is sent twice, because an answer got lost, finds its own. A lease that lasts for ever, or longer than anybody takes it
// for, is none of ours: whoever wrote it would keep everybody from the schedules.
const take = `
local kind, left = redis.call('TYPE', KEYS[1])['ok'], redis.call('PTTL', KEYS[1])
if kind ~= 'none' and (kind ~= 'string' or left < 0 or left > ${leaseMs}) then redis.call('DEL', KEYS[1]) end
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 'busy' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ${leaseMs})
return holder and 'kept' or 'taken'
`
// Only its owner lets go of it.
const release = `if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

/** `send` bounds each command: see Sender. */
export function createReconcileLease(
  queue: StoredQueue,
  client: Connection['client'],
  send: <T>(work: () => Promise<T>) => Promise<T>,
): ReconcileLease {
  const key = queue.toKey('brine:reconcile')
  const owner = randomUUID()
  const ask = () => send(() => client.eval(take, 1, key, owner))
  return {
    async acquire() {
      while ((await ask()) === 'busy') await wait(askAgainMs)
    },
    keep: async () => (await ask()) === 'kept',
    async release() {
      await send(() => client.eval(release, 1, key, owner))
    },
  }
}
