import { deepStrictEqual } from 'node:assert/strict'
import { newKey } from 'brinemq'
import type { Bench } from './bench.ts'
import { beside } from './beside.ts'
import { ofOrders } from './cargo.ts'
import { type Cost, costOf } from './clock.ts'
import { type Costs, interleave } from './interleave.ts'
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
  const tasks = new Set<string>()
  const costs = await interleave(orders, names, settings.rounds, (order, name) =>
    server.withPrefix(async (prefix) => {
      const round = await playRound(peers[name](server.url, prefix), order, settings)
      for (const task of round.keys()) tasks.add(task)
      return round
    }),
  )
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

async function playRound(peer: Peer<Order>, order: Order, settings: Settings): Promise<Costs> {
  const { singly, atOnce, bulk } = settings
  const bulks = Math.ceil(atOnce / bulk)
  const orders = Array.from({ length: bulk }, () => order)
  const costs = new Map<string, Cost>()
  try {
    await peer.enqueue(order)
    const one = async () => {
      for (let count = 0; count < singly; count += 1) await peer.enqueue(order)
    }
    costs.set('enqueued one after the other', await costOf(singly, one))
    const all = () => Promise.all(Array.from({ length: atOnce }, () => peer.enqueue(order)))
    costs.set(`enqueued ${atOnce.toLocaleString('en')} at once`, await costOf(atOnce, all))
    const many = async () => {
      for (let count = 0; count < bulks; count += 1) await peer.enqueueBulk(orders)
    }
    costs.set(`enqueued in bulks of ${bulk}`, await costOf(bulks * bulk, many))
    const sent = 1 + singly + atOnce + bulks * bulk
    // One that lost jobs would be fast for nothing.
    deepStrictEqual(await peer.count(), { waiting: sent, completed: 0, failed: 0 })
    costs.set('processed, 50 at a time', await workThrough(peer, sent, order))
    deepStrictEqual(await peer.count(), { waiting: 0, completed: sent, failed: 0 })
    return costs
  } finally {
    await peer.close()
  }
}
