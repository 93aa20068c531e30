import { existsSync } from 'node:fs'
import type { WorkerOptions as BullOptions } from 'bullmq'
import { BrineError } from '../../errors.ts'

/** Where an isolated handler runs, and how its threads or processes are started: with BullMQ's own options, by their names. */
export interface IsolatedOptions extends Pick<BullOptions, 'workerForkOptions' | 'workerThreadsOptions'> {
  /**
   * `thread` shares the process and its memory limit of the system, starts sooner, and may have limits of its own
   * (`workerThreadsOptions: { resourceLimits }`). `process` survives what ends a process: native crashes, running out of memory.
   */
  in: 'thread' | 'process'
  /**
   * How long a handler whose signal was aborted may take to end, in milliseconds, before its thread or process is killed:
   * what burns the processor hears of no signal. Default 1,000.
   */
  killAfterMs?: number | undefined
}

/** A handler that runs in a thread or process of its own; `isolated` makes it. */
export class IsolatedHandler {
  /** Of the module, as an URL. */
  readonly module: string
  readonly options: Readonly<IsolatedOptions & { killAfterMs: number }>

  constructor(module: string, { in: where, killAfterMs, ...own }: IsolatedOptions) {
    this.module = module
    this.options = Object.freeze({ ...own, in: where, killAfterMs: killAfterMs ?? defaultKillAfterMs })
  }
}

const defaultKillAfterMs = 1_000
const known: ReadonlySet<string> = new Set(['in', 'killAfterMs', 'workerForkOptions', 'workerThreadsOptions'])

/**
 * A handler that burns the processor, or may crash, given as a module whose default export `defineHandler` made. It runs in as
 * many threads or processes as its worker's `concurrency` asks for, which stay for the next jobs and end with the worker.
 *
 * Only encoded text crosses: payloads are decoded and validated inside, results and progress too. Errors keep their classes;
 * signal, progress and log work. A thread or process that dies fails the attempt with ISOLATE_DIED, and the next job gets a
 * new one. TypeScript modules need the loader that the worker itself runs under, such as tsx. Throws OPTIONS_INVALID.
 *
 * @example
 * createWorker(files, {
 *   handlers: { digest: isolated(new URL('./digest-handler.ts', import.meta.url), { in: 'thread' }) },
 * })
 */
export function isolated(module: URL, options: IsolatedOptions): IsolatedHandler {
  const refuse = (path: string, remedy: string) => new BrineError('OPTIONS_INVALID', remedy, { path })
  if (!(module instanceof URL) || module.protocol !== 'file:') {
    throw refuse('isolated', "takes a module's file: new URL('./handler.js', import.meta.url)")
  }
  if (!existsSync(module)) throw refuse('isolated', `there is no file ${module.pathname}`)
  if (options?.in !== 'thread' && options?.in !== 'process')
    throw refuse('isolated.in', `must be 'thread' or 'process'`)
  const stray = Object.keys(options).find((name) => !known.has(name))
  if (stray !== undefined) throw refuse(`isolated.${stray}`, `is no option; there are ${[...known].join(', ')}`)
  const { killAfterMs = 0 } = options
  if (typeof killAfterMs !== 'number' || !(killAfterMs >= 0)) {
    throw refuse('isolated.killAfterMs', 'must be milliseconds, 0 or more')
  }
  return new IsolatedHandler(module.href, options)
}
