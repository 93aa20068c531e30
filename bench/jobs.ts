import { deepStrictEqual } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { startEmbedded } from 'brinemq/embedded'
import { Redis } from 'ioredis'
import { concurrency, openBrine, openRaw, type Peer } from './job-peers.ts'
import { median } from './measure.ts'
import { makeOrder, type Order } from './order.ts'
import { printTable } from './table.ts'

const rounds = 5
const jobs = 2_000
const singly = 300
const bulk = 500

const peers = { raw: openRaw, brine: openBrine }
type Name = keyof typeof peers

/** For one job: how long it took, and how much of that this process computed. What Redis computes is not in it. */
interface Cost {
  ms: number
  cpuUs: number
}

/** What one round measures, in the order in which it does. */
const tasks = {
  'enqueued one after the other': async (peer: Peer, order: Order) => {
    for (let count = 0; count < singly; count += 1) await peer.enqueue(order)
    return singly
  },
  'enqueued 2,000 at once': async (peer: Peer, order: Order) => {
    await Promise.all(Array.from({ length: jobs }, () => peer.enqueue(order)))
    return jobs
  },
  'enqueued in bulks of 500': async (peer: Peer, order: Order) => {
    const orders = Array.from({ length: bulk }, () => order)
    for (let count = 0; count < jobs; count += bulk) await peer.enqueueBulk(orders)
    return jobs
  },
} satisfies Record<string, (peer: Peer, order: Order) => Promise<number>>
const processed = `processed, ${concurrency} at a time`

/** Measures jobs per second, on the Redis of REDIS_URL or on an embedded one. */
export async function benchJobs(): Promise<void> {
  const given = process.env['REDIS_URL']
  const server = given ? undefined : await startEmbedded()
  const url = given || `${server?.url}`
  const redis = new Redis(url)
  try {
    const rows: (string | number)[][] = []
    for (const items of [3, 30]) rows.push(...(await measureOrders(redis, url, items)))
    const where = `${await describe(redis)}, ${server ? 'embedded' : 'at REDIS_URL'}`
    const columns = ['order of', 'jobs', 'raw jobs/s', 'brine jobs/s', 'ratio', 'raw CPU µs', 'brine CPU µs']
    printTable(`Queue: jobs a second, and the CPU time of each, on ${where}`, columns, rows)
    console.log(
      '\nRaw BullMQ carries JSON mapped by hand, both ways, and checks nothing. The ratio is of the time for a job, to that of raw BullMQ. CPU time is of this process, Redis not included.',
    )
  } finally {
    redis.disconnect()
    await server?.close()
  }
}

async function measureOrders(redis: Redis, url: string, items: number): Promise<(string | number)[][]> {
  const costs: Record<Name, Map<string, Cost[]>> = { raw: new Map(), brine: new Map() }
  // The first round only warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const names: Name[] = round % 2 === 0 ? ['raw', 'brine'] : ['brine', 'raw']
    for (const name of names) {
      const measured = await playRound(redis, url, name, makeOrder(items))
      if (round === 0) continue
      for (const [task, cost] of measured) costs[name].set(task, [...(costs[name].get(task) ?? []), cost])
    }
  }
  return [...costs.raw.keys()].map((task) => {
    const middle = (name: Name, of: keyof Cost) => median((costs[name].get(task) ?? []).map((cost) => cost[of]))
    const [raw, brine] = [middle('raw', 'ms'), middle('brine', 'ms')]
    return [
      `${items} items`,
      task,
      1000 / raw,
      1000 / brine,
      brine / raw,
      middle('raw', 'cpuUs'),
      middle('brine', 'cpuUs'),
    ]
  })
}

async function playRound(redis: Redis, url: string, name: Name, order: Order): Promise<Map<string, Cost>> {
  const prefix = `bench-${randomUUID()}`
  const peer = peers[name](url, prefix)
  try {
    await peer.enqueue(order)
    let sent = 1
    const costs = new Map<string, Cost>()
    for (const [task, enqueue] of Object.entries(tasks)) {
      const stop = startClock()
      const count = await enqueue(peer, order)
      costs.set(task, stop(count))
      sent += count
    }
    // One that lost jobs would be fast for nothing.
    deepStrictEqual(await peer.count(), { waiting: sent, completed: 0, failed: 0 }, name)
    costs.set(processed, await workThrough(peer, sent, order))
    deepStrictEqual(await peer.count(), { waiting: 0, completed: sent, failed: 0 }, name)
    return costs
  } finally {
    await peer.close()
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(keys)
    }
  }
}

/** From the first job that is handled to the last that is completed. */
async function workThrough(peer: Peer, count: number, sample: Order): Promise<Cost> {
  let stop: ReturnType<typeof startClock> | undefined
  let first: Order | undefined
  let handled = 0
  let completed = 0
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const worker = peer.work({
    handled(order) {
      stop ??= startClock()
      first ??= order
      handled += 1
    },
    completed() {
      completed += 1
      if (completed === count) finish()
    },
  })
  await finished
  const cost = stop?.(count) ?? { ms: Number.NaN, cpuUs: Number.NaN }
  await worker.close()
  deepStrictEqual(first, sample)
  deepStrictEqual(handled, count)
  return cost
}

function startClock(): (jobs: number) => Cost {
  const started = performance.now()
  const before = process.cpuUsage()
  return (jobs) => {
    const ms = performance.now() - started
    const { user, system } = process.cpuUsage(before)
    return { ms: ms / jobs, cpuUs: (user + system) / jobs }
  }
}

async function describe(redis: Redis): Promise<string> {
  const info = await redis.info('server')
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  return field('server_name') === 'valkey' ? `Valkey ${field('valkey_version')}` : `Redis ${field('redis_version')}`
}
