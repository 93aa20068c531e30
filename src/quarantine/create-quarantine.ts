import { type ConnectionInput, openConnection } from '../connection/connection.ts'
import { createSender } from '../connection/sender.ts'
import { checkContract, type QueueContract } from '../contract/contract.ts'
import { disposable } from '../disposable.ts'
import { BrineError } from '../errors.ts'
import { codecOf } from '../job/contract-codec.ts'
import { checkOptions } from '../options.ts'
import { openQuarantine, type Quarantine } from './quarantine.ts'

/** Options of {@link createQuarantine}. */
export interface QuarantineOptions {
  /** Default `redis://127.0.0.1:6379`. */
  connection?: ConnectionInput | undefined
  /** Before every key of the queue. Default the contract's. */
  prefix?: string | undefined
  /** How long a command may take, in milliseconds, before it fails with REDIS_UNREACHABLE. Default 5,000. */
  timeoutMs?: number | undefined
}

/** A quarantine with a connection of its own. Made by `createQuarantine`. */
export interface OpenQuarantine extends Quarantine, AsyncDisposable {
  /** Hangs up. */
  close(): Promise<void>
}

const defaultTimeoutMs = 5_000

/**
 * The quarantine of a contract's queue, for programs that are no producers; a producer has it as `producer.quarantine`.
 * Throws OPTIONS_INVALID, and MODEL_INVALID for models that cannot stand beside each other.
 *
 * @example
 * const quarantine = createQuarantine(people, { connection })
 * for (const { code, path, count } of await quarantine.groups()) console.log(count, code, path)
 * await quarantine.replay({ code: 'JOB_UNKNOWN' })
 * await quarantine.close()
 */
export function createQuarantine(contract: QueueContract, options: QuarantineOptions = {}): OpenQuarantine {
  checkContract(contract)
  checkOptions(options, ['connection', 'prefix', 'timeoutMs'], 'createQuarantine')
  const { prefix = contract.prefix, timeoutMs = defaultTimeoutMs } = options
  if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) {
    throw new BrineError('OPTIONS_INVALID', 'must be milliseconds, more than 0', { path: 'timeoutMs' })
  }
  const codec = codecOf(contract, prefix)
  const connection = openConnection(options.connection, 'fail')
  let closing: Promise<void> | undefined
  const isClosed = () => closing !== undefined
  const opened = openQuarantine({
    ...{ contract, codec, connection, prefix, isClosed, sender: createSender(connection, timeoutMs) },
    refused: (error) => (isClosed() ? new BrineError('CLOSED', 'the quarantine is closed; open another') : error),
  })
  return disposable<OpenQuarantine>({
    ...opened,
    close() {
      closing ??= connection.close()
      return closing
    },
  })
}
