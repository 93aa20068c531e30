import { checkContract, type JobNames, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import type { Handler } from './handler.ts'

/** A handler that knows its job, so that a module can export it: to run sandboxed, or at home as any other. */
export type DefinedHandler<C extends QueueContract, N extends JobNames<C>> = Handler<C, N> & {
  readonly contract: C
  readonly job: N
}

/**
 * A handler of one job in a module of its own, typed by its contract as it would be in `createWorker`. As the module's default
 * export it runs where `sandboxed` says. Throws JOB_UNKNOWN, and OPTIONS_INVALID for what is no contract.
 *
 * @example
 * // digest-handler.ts
 * export default defineHandler(files, 'digest', async (file, { signal, progress }) => digest(file, signal))
 */
export function defineHandler<C extends QueueContract, N extends JobNames<C>>(
  contract: C,
  name: N,
  handle: Handler<C, N>,
): DefinedHandler<C, N> {
  checkContract(contract)
  if (!contract.entries.has(name)) {
    throw new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job to handle`, { job: `${name}` })
  }
  const handler: Handler<C, N> = (payload, context) => handle(payload, context)
  return Object.assign(handler, { contract, job: name })
}
