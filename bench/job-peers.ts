import { createProducer, createWorker, defineQueue } from 'brinemq'
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { fromPlain, type PlainOrder, toPlain } from './by-hand.ts'
import { models, type Order, order } from './order.ts'

export const concurrency = 50

/** A queue of orders under a prefix of its own. */
export interface Peer {
  enqueue(order: Order): Promise<unknown>
  enqueueBulk(orders: readonly Order[]): Promise<unknown>
  /** Starts a worker, which tells of each order that it handles and of each job that is completed. */
  work(on: { handled(order: Order): void; completed(): void }): { close(): Promise<void> }
  /** How many jobs wait, are completed, and failed. */
  count(): Promise<{ waiting: number; completed: number; failed: number }>
  close(): Promise<void>
}

type Options = Parameters<typeof defineQueue>[1]
type OpenPeer = (url: string, prefix: string) => Peer

/** BullMQ alone, the orders mapped by hand and unchecked. */
export const openRaw: OpenPeer = (url, prefix) => {
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  const queue = new Queue<PlainOrder>('orders', { connection, prefix })
  return {
    enqueue: (order) => queue.add('ship', toPlain(order)),
    enqueueBulk: (orders) => queue.addBulk(orders.map((order) => ({ name: 'ship', data: toPlain(order) }))),
    work({ handled, completed }) {
      const worker = new Worker<PlainOrder>(
        'orders',
        async ({ data }) => {
          const order = fromPlain(data)
          handled(order)
          return { shipped: order.items.length }
        },
        { connection, prefix, concurrency },
      )
      worker.on('completed', completed)
      return worker
    },
    count: () => counts(queue),
    async close() {
      await queue.close()
      connection.disconnect()
    },
  }
}

/** BrineMQ: every field checked, at both ends. */
export const openBrine: OpenPeer = (url, prefix) => openWith(url, prefix)

/** The same with options of the contract, such as keys. */
export const openWith = (
  url: string,
  prefix: string,
  options: Pick<Options, 'keys' | 'limits' | 'compress'> = {},
): Peer => {
  const orders = defineQueue('orders', {
    ...options,
    models,
    prefix,
    jobs: { ship: { payload: order.schema, result: z.object({ shipped: z.number() }) } },
  })
  const producer = createProducer(orders, { connection: url })
  return {
    enqueue: (order) => producer.enqueue('ship', order),
    enqueueBulk: (all) => producer.enqueueBulk(all.map((order) => ({ name: 'ship', payload: order }))),
    work({ handled, completed }) {
      const worker = createWorker(orders, {
        connection: url,
        concurrency,
        handlers: {
          ship: async (order) => {
            handled(order)
            return { shipped: order.items.length }
          },
        },
      })
      worker.bullmq.on('completed', completed)
      return worker
    },
    count: () => counts(producer.bullmq),
    close: () => producer.close(),
  }
}

async function counts(queue: Pick<Queue, 'getJobCounts'>) {
  const { waiting = 0, completed = 0, failed = 0 } = await queue.getJobCounts('waiting', 'completed', 'failed')
  return { waiting, completed, failed }
}
