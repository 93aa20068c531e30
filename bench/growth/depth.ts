import type { QueueContract } from 'brinemq'
import { createMonitor } from 'brinemq/monitor'
import { readStatus } from '../../src/cli/status/read-status.ts'
import type { Bench } from '../bench.ts'
import { ofPeople } from '../cargo.ts'
import { type Cost, costOf } from '../clock.ts'
import { type Costs, interleave } from '../interleave.ts'
import { contractOf, type Peer, type PeerName, peerNames, peers } from '../job-peers.ts'
import { Person } from '../order.ts'
import { memoryOf, type Server } from '../server.ts'
import type { Settings } from '../settings.ts'
import type { Cell, Table } from '../table.ts'
import { workThrough } from '../work-through.ts'
import { createFiller } from './fill.ts'

const john = new Person('John', 20)
/** Of a waiting job that is small, in Redis: more than it takes. */
const bytesPerJob = 1_000
const looks = 5

/** What a job, and a look at the queue, cost by how many jobs wait. */
export async function benchDepth({ settings, server }: Bench): Promise<Table[]> {
  const room = await roomIn(server)
  const depths = settings.depths.filter((depth) => depth * bytesPerJob * peerNames.length < room)
  const leftOut = settings.depths.length - depths.length
  const rows = await server.withPrefix((prefix) => measureAt(depths, settings, server, prefix))
  return [
    {
      id: 'growth-depth',
      title: 'Growth with the queue: how much a job, and a look, cost by how many jobs wait',
      against: `BrineMQ against raw BullMQ with JSON mapped by hand, a Person of two fields, each on a queue that holds as many, all in one Redis; enqueued one after the other, and done 50 at a time. \`status\` is all that \`brine status\` shows of a queue.${leftOut > 0 ? ` ${leftOut} more did not fit into the memory of this Redis.` : ''}`,
      columns: [
        'waiting jobs',
        ...['raw enqueue µs', 'BrineMQ enqueue µs', 'raw take µs', 'BrineMQ take µs', 'BrineMQ status ms'],
      ],
      rows,
    },
  ]
}

/** A queue that holds as many jobs, of one of the peers. */
interface Deep {
  readonly peer: Peer<Person>
  fill(depth: number): Promise<void>
  look(): Promise<unknown>
  close(): Promise<void>
}

async function open({ url, redis }: Server, name: PeerName, prefix: string): Promise<Deep> {
  const peer = peers[name](url, prefix, ofPeople)
  await peer.enqueue(john)
  const { fill } = await createFiller(redis, peer.keys)
  const monitor = createMonitor<QueueContract>(contractOf(prefix, ofPeople), { connection: url })
  return {
    peer,
    fill,
    look: () => Promise.all(monitor.queues.map(readStatus)),
    async close() {
      await monitor.close()
      await peer.close()
    },
  }
}

async function measureAt(
  depths: readonly number[],
  { rounds, singly, atOnce }: Settings,
  server: Server,
  prefix: string,
): Promise<Cell[][]> {
  const queues = await Promise.all(
    depths.map(async (depth) => ({
      depth,
      raw: await open(server, 'raw', `${prefix}-raw-${depth}`),
      brine: await open(server, 'brine', `${prefix}-brine-${depth}`),
    })),
  )
  const costs = await interleave(queues, peerNames, rounds, async ({ depth, ...deep }, name): Promise<Costs> => {
    const { peer, fill, look } = deep[name]
    const found = new Map<string, Cost>()
    await fill(depth)
    const enqueue = async () => {
      for (let count = 0; count < singly; count += 1) await peer.enqueue(john)
    }
    found.set('enqueue', await costOf(singly, enqueue))
    await fill(depth + atOnce)
    found.set('take', await workThrough(peer, atOnce, john))
    const watch = async () => {
      for (let count = 0; count < looks; count += 1) await look()
    }
    if (name === 'brine') found.set('status', await costOf(looks, watch))
    return found
  })
  await Promise.all(queues.flatMap(({ raw, brine }) => [raw.close(), brine.close()]))
  return queues.map((queue) => {
    const us = (name: PeerName, task: string) => costs(queue, name, task).ms * 1_000
    return [
      queue.depth,
      ...[us('raw', 'enqueue'), us('brine', 'enqueue'), us('raw', 'take'), us('brine', 'take')],
      costs(queue, 'brine', 'status').ms,
    ]
  })
}

/** How many bytes the bench may take: half of what is there. */
async function roomIn({ redis }: Server): Promise<number> {
  const [most, total, used] = await Promise.all(
    ['maxmemory', 'total_system_memory', 'used_memory'].map((field) => memoryOf(redis, field)),
  )
  return ((most || total || 0) - (used ?? 0)) / 2
}
