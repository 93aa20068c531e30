import { createProducer, createWorker, defineQueue } from 'brinemq'
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { z } from 'zod'
import type { Cargo } from './cargo.ts'

/** A queue of jobs that carry a value each, under a prefix of its own. */
export interface Peer<Value> {
  /** What the queue's keys begin with. */
  readonly keys: string
  enqueue(value: Value): Promise<unknown>
  enqueueBulk(values: readonly Value[]): Promise<unknown>
  /** Starts a worker, which tells of each value that it handles and of each job that is completed. */
  work(on: On<Value>): { close(): Promise<void> }
  /** How many jobs wait, are completed, and failed. */
  count(): Promise<{ waiting: number; completed: number; failed: number }>
  close(): Promise<void>
}

export interface On<Value> {
  readonly concurrency: number
  handled(value: Value): void
  completed(): void
}

export type OpenPeer = <Value extends object, Plain>(
  url: string,
  prefix: string,
  cargo: Cargo<Value, Plain>,
) => Peer<Value>

/** The two that most parts run against each other. */
export const peers: Readonly<Record<'raw' | 'brine', OpenPeer>> = {
  raw: (...given) => openRaw(...given),
  brine: (...given) => openBrine(...given),
}
export type PeerName = keyof typeof peers
export const peerNames: readonly PeerName[] = ['raw', 'brine']

/** A job's name and result, and its queue, are the same everywhere. */
const queueName = 'cargo'
const jobName = 'ship'

/** BullMQ alone, what jobs carry mapped by hand and unchecked. */
export function openRaw<Value extends object, Plain>(
  url: string,
  prefix: string,
  { toPlain, fromPlain }: Pick<Cargo<Value, Plain>, 'toPlain' | 'fromPlain'>,
): Peer<Value> {
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  const queue = new Queue<unknown, unknown, string>(queueName, { connection, prefix })
  return {
    keys: `${prefix}:${queueName}`,
    enqueue: (value) => queue.add(jobName, toPlain(value)),
    enqueueBulk: (values) => queue.addBulk(values.map((value) => ({ name: jobName, data: toPlain(value) }))),
    work({ concurrency, handled, completed }) {
      const worker = new Worker<Plain>(
        queueName,
        async ({ data }) => {
          handled(fromPlain(data))
          return { shipped: true }
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

type QueueOptions = Pick<Parameters<typeof defineQueue>[1], 'keys' | 'limits' | 'compress' | 'models'>

/** The contract of the queue, with options such as keys. */
export function contractOf<Value extends object>(
  prefix: string,
  cargo: Pick<Cargo<Value, unknown>, 'model' | 'models'>,
  options: QueueOptions = {},
) {
  const jobs = { [jobName]: { payload: cargo.model.schema, result: z.object({ shipped: z.boolean() }) } }
  return defineQueue(queueName, { models: cargo.models, ...options, prefix, jobs })
}

/** BrineMQ: every field checked, at both ends. */
export function openBrine<Value extends object>(
  url: string,
  prefix: string,
  cargo: Pick<Cargo<Value, unknown>, 'model' | 'models'>,
  options: QueueOptions = {},
): Peer<Value> {
  const contract = contractOf(prefix, cargo, options)
  const producer = createProducer(contract, { connection: url })
  return {
    keys: `${prefix}:${queueName}`,
    enqueue: (value) => producer.enqueue(jobName, value),
    enqueueBulk: (values) => producer.enqueueBulk(values.map((payload) => ({ name: jobName, payload }))),
    work({ concurrency, handled, completed }) {
      const worker = createWorker(contract, {
        connection: url,
        concurrency,
        handlers: {
          [jobName]: async (value: Value) => {
            handled(value)
            return { shipped: true }
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
