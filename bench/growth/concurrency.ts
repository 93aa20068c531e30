import type { Bench } from '../bench.ts'
import { beside } from '../beside.ts'
import { ofOrders } from '../cargo.ts'
import { interleave } from '../interleave.ts'
import { peerNames, peers } from '../job-peers.ts'
import { makeOrder } from '../order.ts'
import type { Table } from '../table.ts'
import { workThrough } from '../work-through.ts'

/** What a job costs by how many one worker does at a time. */
export async function benchConcurrency({ settings, server }: Bench): Promise<Table[]> {
  const order = makeOrder(3)
  const costs = await interleave(settings.concurrencies, peerNames, settings.rounds, (concurrency, name) =>
    server.withPrefix(async (prefix) => {
      const peer = peers[name](server.url, prefix, ofOrders)
      await peer.enqueueBulk(Array.from({ length: settings.atOnce }, () => order))
      const cost = await workThrough(peer, settings.atOnce, order, concurrency)
      await peer.close()
      return new Map([['done', cost]])
    }),
  )
  const rows = settings.concurrencies.map((concurrency) => [
    concurrency,
    ...beside(costs(concurrency, 'raw', 'done'), costs(concurrency, 'brine', 'done')),
  ])
  return [
    {
      id: 'growth-concurrency',
      title: 'Growth with concurrency: jobs a second of one worker',
      against:
        'BrineMQ against raw BullMQ with JSON mapped by hand; orders of 3 line items, and handlers that end at once. CPU time is that of the Node process, a job.',
      columns: ['at a time', 'raw jobs/s', 'BrineMQ jobs/s', 'ratio', 'raw CPU µs', 'BrineMQ CPU µs'],
      rows,
    },
  ]
}
