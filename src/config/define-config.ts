import type { ConnectionInput } from '../connection/connection.ts'
import { isContract, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { StoreOptions } from '../store/create-store.ts'

/** What the command line knows of a project: the default export of `brine.config.ts`. */
export interface BrineConfig {
  /** The contracts whose queues it looks at and works on. */
  queues: readonly QueueContract[]
  /** How Redis is reached. `--connection` and REDIS_URL go over it. Default `redis://127.0.0.1:6379`. */
  connection?: ConnectionInput | undefined
  /** Before every key of the queues. `--prefix` goes over it. Default each contract's own. */
  prefix?: string | undefined
  /** What `createStore` is given for stores of the project, so that their models are known too. */
  stores?: readonly StoreOptions[] | undefined
  /** The modules that `brine work` runs: paths and globs (`workers/*.ts`), relative to the file. */
  workers?: readonly string[] | undefined
}

const known = ['queues', 'connection', 'prefix', 'stores', 'workers']

/**
 * Types and checks the default export of `brine.config.ts`, and gives it back. Throws OPTIONS_INVALID.
 *
 * @example
 * export default defineConfig({ queues: [people], connection: process.env.REDIS_URL, workers: ['workers/*.ts'] })
 */
export function defineConfig(config: BrineConfig): BrineConfig {
  checkOptions(config, known, 'defineConfig')
  const { queues, prefix, stores, workers } = config
  require(Array.isArray(queues) && queues.length > 0 && queues.every(isContract), 'queues', 'contracts of defineQueue')
  require(prefix === undefined || (typeof prefix === 'string' && prefix !== ''), 'prefix', 'a text that is not empty')
  require(stores === undefined || Array.isArray(stores), 'stores', 'options of createStore')
  require(workers === undefined || isTexts(workers), 'workers', 'paths and globs')
  return config
}

function require(holds: boolean, path: string, expectation: string): void {
  if (!holds) throw new BrineError('OPTIONS_INVALID', `must be ${expectation}`, { path })
}

function isTexts(list: unknown): boolean {
  return Array.isArray(list) && list.every((one) => typeof one === 'string' && one !== '')
}
