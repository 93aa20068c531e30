import { existsSync } from 'node:fs'
import type { WorkerOptions as BullOptions } from 'bullmq'
import { BrineError } from '../errors.ts'

/** Where a sandboxed handler runs, and how its threads or processes are started: with BullMQ's own options, by their names. */
export interface SandboxedOptions extends Pick<BullOptions, 'workerForkOptions' | 'workerThreadsOptions'> {
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

/**
 * A handler that runs in a thread or process of its own; `sandboxed` makes it. `H` is what its module exports, by which it is
 * held to its job; never for a module of which the compiler was told nothing.
 */
export class SandboxedHandler<out H = never> {
  /** For the compiler alone: there is no such property. */
  declare readonly handler: H
  /** Of the module, as an URL. */
  readonly module: string
  readonly options: Readonly<SandboxedOptions & { killAfterMs: number }>

  constructor(module: string, { in: where, killAfterMs, ...own }: SandboxedOptions) {
    this.module = module
    this.options = Object.freeze({ ...own, in: where, killAfterMs: killAfterMs ?? defaultKillAfterMs })
  }
}

const defaultKillAfterMs = 1_000
const known: ReadonlySet<string> = new Set(['in', 'killAfterMs', 'workerForkOptions', 'workerThreadsOptions'])

/** What the compiler knows of a handler's module, as `typeof import('./handler.ts')` tells it. */
export interface HandlerModule {
  readonly default: unknown
}

// A module of CommonJS has its default within its default.
type DefaultOf<M extends HandlerModule> = [M['default']] extends [never]
  ? never
  : M['default'] extends { readonly default: infer H }
    ? H
    : M['default']

/**
 * A handler that burns the processor, or may crash, given as a module whose default export `defineHandler` made. It runs in as
 * many threads or processes as its worker's `concurrency` asks for, which stay for the next jobs and end with the worker.
 *
 * Only encoded text crosses: payloads are decoded and validated inside, results and progress too. Errors keep their classes;
 * signal, progress and log work. A thread or process that dies fails the attempt with SANDBOX_DIED, and the next job gets a
 * new one. TypeScript modules are loaded by tsx where their package has it, or by what the worker's own flags say. Throws OPTIONS_INVALID.
 *
 * Name the module's type, and the compiler holds it to its job as it would a handler at home. This is the one type argument that
 * is worth writing: an URL has no type, and to import the module for its sake would run at home what is not to run there. A module
 * that handles another job than the one it is given for fails that job with OPTIONS_INVALID, whatever its type was said to be.
 *
 * @example
 * const digest = new URL('./digest-handler.ts', import.meta.url)
 * createWorker(files, {
 *   handlers: { digest: sandboxed<typeof import('./digest-handler.ts')>(digest, { in: 'thread' }) },
 * })
 */
export function sandboxed<M extends HandlerModule = { readonly default: never }>(
  module: URL,
  options: SandboxedOptions,
): SandboxedHandler<DefaultOf<M>> {
  const refuse = (path: string, remedy: string) => new BrineError('OPTIONS_INVALID', remedy, { path })
  if (!(module instanceof URL) || module.protocol !== 'file:') {
    throw refuse('sandboxed', "takes a module's file: new URL('./handler.js', import.meta.url)")
  }
  if (!existsSync(module)) throw refuse('sandboxed', `there is no file ${module.pathname}`)
  if (options?.in !== 'thread' && options?.in !== 'process')
    throw refuse('sandboxed.in', `must be 'thread' or 'process'`)
  const stray = Object.keys(options).find((name) => !known.has(name))
  if (stray !== undefined) throw refuse(`sandboxed.${stray}`, `is no option; there are ${[...known].join(', ')}`)
  const { killAfterMs = 0 } = options
  if (typeof killAfterMs !== 'number' || !(killAfterMs >= 0)) {
    throw refuse('sandboxed.killAfterMs', 'must be milliseconds, 0 or more')
  }
  return new SandboxedHandler(module.href, options)
}
