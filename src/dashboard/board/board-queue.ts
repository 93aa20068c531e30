import { isDeepStrictEqual } from 'node:util'
import { StoredQueue } from '../../bullmq/stored-queue.ts'
import type { EnvelopeCodec } from '../../codec/envelope.ts'
import type { Connection } from '../../connection/connection.ts'
import { createSender, type Sender } from '../../connection/sender.ts'
import { type ContractJob, findJob, ofStoredPayloads, type QueueContract } from '../../contract/contract.ts'
import type { EnqueueOptions } from '../../contract/job-options.ts'
import { BrineError } from '../../errors.ts'
import { codecOf } from '../../job/contract-codec.ts'
import { openInput } from '../../job/open-payload.ts'
import { type OpenedQueue, openQueue } from '../../monitor/open-queue.ts'
import { readPayload } from '../../notation/input/read-payload.ts'
import { createProducer, type Producer } from '../../producer/producer.ts'

/** A contract's queue as the boards of all visitors use it: opened once. */
export interface BoardQueue {
  readonly contract: QueueContract
  readonly connection: Connection
  readonly queue: StoredQueue
  readonly codec: EnvelopeCodec
  readonly sender: Sender
  readonly producer: Producer<QueueContract>
  readonly monitor: OpenedQueue
  /** A job from JSON, through the contract; gives its id. */
  add(name: string, json: unknown, options: EnqueueOptions): Promise<string>
  /** Once more what a stored text was made from, whatever is displayed of it; gives the id of the new job. */
  addAgain(text: string, name: string, id: string | undefined, options: EnqueueOptions): Promise<string>
  close(): Promise<void>
}

export interface BoardQueueOptions {
  connection: Connection
  prefix: string | undefined
  timeoutMs: number
}

export function openBoardQueue(
  contract: QueueContract,
  { connection, prefix = contract.prefix, timeoutMs }: BoardQueueOptions,
): BoardQueue {
  const codec = codecOf(contract, prefix)
  const queue = new StoredQueue(contract.name, connection, {
    ...(prefix !== undefined && { prefix }),
    ...{ maxTextBytes: codec.maxTextBytes, skipVersionCheck: true, skipMetasUpdate: true },
  })
  queue.on('error', () => {})
  const producer = createProducer(contract, { connection: connection.client, prefix, enqueueTimeoutMs: timeoutMs })
  const onceMore = ofStoredPayloads(contract)
  const again = createProducer(onceMore, { connection: connection.client, prefix, enqueueTimeoutMs: timeoutMs })
  const monitor = openQueue(contract, { connection, prefix, timeoutMs })
  return {
    ...{ contract, connection, queue, codec, producer, monitor },
    sender: createSender(connection, timeoutMs),
    async add(name, json, options) {
      const { payload } = await readPayload(json, contract, known(contract, name))
      const { id } = await producer.enqueue(name, payload, options)
      return id
    },
    async addAgain(text, name, id, options) {
      const job = known(contract, name)
      const { value } = openInput(text, job, codec, id)
      const added = await again.enqueue(job.current, value, options)
      return added.id
    },
    async close() {
      await Promise.allSettled([producer.close(), again.close(), monitor.close()])
      await queue.close().catch(() => {})
    },
  }
}

function known(contract: QueueContract, name: string): ContractJob {
  const job = findJob(contract, name)
  if (job) return job
  const names = [...contract.entries.keys()].join(', ')
  throw new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job; it has ${names}`, {
    job: name.slice(0, 100),
  })
}

/** Whether JSON came back as it was displayed. */
export function isUnchanged(given: unknown, displayed: unknown): boolean {
  return isDeepStrictEqual(given, JSON.parse(JSON.stringify(displayed ?? null)))
}
