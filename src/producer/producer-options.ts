import type { QueueOptions } from 'bullmq'
import { checkUse } from '../check-use.ts'
import type { ConnectionInput } from '../connection/connection.ts'
import { checkContract, type QueueContract } from '../contract/contract.ts'
import type { EnqueueMiddleware, UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import { checkOptions } from '../options.ts'

/** Options of `createProducer`; `streams` and `telemetry` are BullMQ's own. */
export interface ProducerOptions<C extends QueueContract = QueueContract>
  extends Pick<QueueOptions, 'streams' | 'telemetry'> {
  /** Default `redis://127.0.0.1:6379`. */
  connection?: ConnectionInput | undefined
  /** Before every key of the queue. Default the contract's. */
  prefix?: string | undefined
  /** How long an enqueue may take, in milliseconds, before it fails with REDIS_UNREACHABLE. Default 5,000. */
  enqueueTimeoutMs?: number | undefined
  /** Told of each job before it is sent, and after; the first is the outermost. Default none. */
  use?: readonly EnqueueMiddleware<C>[] | undefined
}

/** The names of {@link ProducerOptions}. */
export const producerOptions = ['connection', 'prefix', 'enqueueTimeoutMs', 'use', 'streams', 'telemetry'] as const
const defaultEnqueueTimeoutMs = 5_000

/** The options that are the producer's own, checked and with their defaults, and those that go to BullMQ's queue. */
export function checkProducerOptions<C extends QueueContract>(contract: C, options: ProducerOptions<C>) {
  checkContract(contract)
  checkOptions(options, producerOptions, 'createProducer')
  const { connection, prefix = contract.prefix, enqueueTimeoutMs = defaultEnqueueTimeoutMs } = options
  const { streams, telemetry } = options
  if (!Number.isFinite(enqueueTimeoutMs) || enqueueTimeoutMs <= 0) {
    throw new BrineError('OPTIONS_INVALID', 'must be milliseconds, more than 0', { path: 'enqueueTimeoutMs' })
  }
  return {
    connection,
    enqueueTimeoutMs,
    use: checkUse<UntypedEnqueueMiddleware>(options.use),
    // A worker asks for the server's version; a producer that did would be broken for ever if the answer got lost.
    keyed: { ...(prefix !== undefined && { prefix }), skipVersionCheck: true },
    ofQueue: { ...(streams && { streams }), ...(telemetry && { telemetry }) },
  }
}
