import { deepStrictEqual } from 'node:assert/strict'
import { newKey } from 'brinemq'
import type { Bench } from './bench.ts'
import { beside } from './beside.ts'
import { ofOrders } from './cargo.ts'
import { type Cost, costOf } from './clock.ts'
import { Findings, inTurn } from './interleave.ts'
import { openBrine, openRaw, type Peer } from './job-peers.ts'
import { makeOrder, type Order } from './order.ts'
import type { Settings } from './settings.ts'
import type { Cell, Table } from './table.ts'
import { workThrough } from './work-through.ts'

const keys = { sign: newKey({ mode: 'sign' }), encrypt: newKey({ mode: 'encrypt' }) }

const peers = {
  raw: (url: string, prefix: string) => openRaw(url, prefix, ofOrders),
  brine: (url: string, prefix: string) => openBrine(url, prefix, ofOrders),
  sign: (url: string, prefix: string) => openBrine(url, prefix, ofOrders, { keys: keys.sign }),
  encrypt: (url: string, prefix: string) => openBrine(url, prefix, ofOrders, { keys: keys.encrypt }),
}
type Name = keyof typeof peers
const names: readonly Name[] = ['raw', 'brine', 'sign', 'encrypt']

/** Measures jobs per second, in and out of the queue. */
export async function benchJobs({ settings, server }: Bench): Promise<Table[]> {
  const orders = settings.jobOrders.map(makeOrder)
  const findings = new Findings<Order, Name>()
  const tasks = new Set<string>()
  // A round before them only warms up.
  for (let round = 0; round <= settings.rounds; round += 1) {
    for (const order of inTurn(orders, round)) {
      await server.withPrefix(async (prefix) => {
        const opened = names.map((name) => ({ name, peer: peers[name](server.url, `${prefix}-${name}`) }))
        try {
          await playRound(inTurn(opened, round), order, settings, (name, task, cost) => {
            tasks.add(task)
            if (round > 0) findings.add(order, name, task, cost)
          })
        } finally {
          await Promise.all(opened.map(({ peer }) => peer.close()))
        }
      })
    }
  }
  const costs = findings.median
  const plain: Cell[][] = []
  const sealed: Cell[][] = []
  for (const order of orders) {
    for (const task of tasks) {
      const rate = (name: Name) => 1000 / costs(order, name, task).ms
      const cpu = (name: Name) => costs(order, name, task).cpuUs
      const first = [`${order.items.length} items`, task]
      plain.push([...first, ...beside(costs(order, 'raw', task), costs(order, 'brine', task))])
      const rates = [rate('sign'), rate('sign') / rate('brine'), rate('encrypt'), rate('encrypt') / rate('brine')]
      sealed.push([...first, rate('brine'), ...rates, cpu('brine'), cpu('sign'), cpu('encrypt')])
    }
  }
  return [
    {
      id: 'jobs',
      title: 'Jobs a second, and the CPU time of each',
      against:
        'BrineMQ, every field checked at both ends, against raw BullMQ with JSON mapped by hand at both ends, which checks nothing. The ratio is of jobs a second: more than 1 is faster than raw. CPU time is that of the Node process, a job.',
      columns: ['order of', 'jobs', 'raw jobs/s', 'BrineMQ jobs/s', 'ratio', 'raw CPU µs', 'BrineMQ CPU µs'],
      rows: plain,
    },
    {
      id: 'jobs-sealed',
      title: 'Jobs a second, sealed',
      against:
        'BrineMQ with keys that sign (HMAC) or encrypt, against BrineMQ without, in the same rounds. The ratios are of jobs a second.',
      columns: [
        ...[
          'order of',
          'jobs',
          'unsealed jobs/s',
          'signed jobs/s',
          'signed ratio',
          'encrypted jobs/s',
          'encrypted ratio',
        ],
        ...['unsealed CPU µs', 'signed CPU µs', 'encrypted CPU µs'],
      ],
      rows: sealed,
    },
  ]
}

interface Opened {
  readonly name: Name
  readonly peer: Peer<Order>
}

// A turn is short, and on connections that stay: what a neighbour takes away it takes for a second or two, and how fast a connection is
// depends on the core that it happens to be on.
const turn = 100
const longTurn = 1_000
const concurrency = 50

async function playRound(
  opened: readonly Opened[],
  order: Order,
  { singly, atOnce, bulk }: Settings,
  found: (name: Name, task: string, cost: Cost) => void,
): Promise<void> {
  const bulks = Math.ceil(atOnce / bulk)
  const turns = Math.ceil(singly / turn)
  const each = Math.ceil(singly / turns)
  const orders = Array.from({ length: bulk }, () => order)
  const variantCount = async (times: number, play: (one: Opened) => Promise<void>) => {
    for (let time = 0; time < times; time += 1) for (const one of inTurn(opened, time)) await play(one)
  }
  const take = (times: number, task: string, count: number, run: (peer: Peer<Order>) => Promise<unknown>) =>
    variantCount(times, async ({ name, peer }) => found(name, task, await costOf(count, () => run(peer))))
  for (const { peer } of opened) await peer.enqueue(order)
  await take(turns, 'enqueued one after the other', each, async (peer) => {
    for (let count = 0; count < each; count += 1) await peer.enqueue(order)
  })
  await take(2, `enqueued ${atOnce.toLocaleString('en')} at once`, atOnce, (peer) =>
    Promise.all(Array.from({ length: atOnce }, () => peer.enqueue(order))),
  )
  await take(bulks, `enqueued in bulks of ${bulk}`, bulk, (peer) => peer.enqueueBulk(orders))
  const sent = 1 + turns * each + 2 * atOnce + bulks * bulk
  // One that lost jobs would be fast for nothing.
  for (const { peer } of opened) deepStrictEqual(await peer.count(), { waiting: sent, completed: 0, failed: 0 })
  const done = Math.min(longTurn, sent)
  // A worker that has done enough ends what it has taken.
  const works = Math.max(1, Math.floor(sent / (done + concurrency)))
  await variantCount(works, async ({ name, peer }) => {
    found(name, `processed, ${concurrency} at a time`, await workThrough(peer, done, order, concurrency))
  })
  for (const { peer } of opened) {
    const { waiting, completed, failed } = await peer.count()
    deepStrictEqual([completed >= works * done, waiting + completed, failed], [true, sent, 0])
  }
}
