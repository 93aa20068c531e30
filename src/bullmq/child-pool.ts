import { Child, ChildPool, type WorkerOptions } from 'bullmq'
import { BrineError } from '../errors.ts'

const politeMs = 1_000

type Sandboxed = Pick<WorkerOptions, 'useWorkerThreads' | 'workerForkOptions' | 'workerThreadsOptions'>

export interface ChildrenOptions extends Sandboxed {
  in: 'thread' | 'process'
  /** For Node, beside what a child inherits. */
  flags: readonly string[]
}

/**
 * BullMQ's pool of threads or processes, which ends them all. A child that dies while it starts, or with an `error` event, fails
 * the job that wanted it: in BullMQ's own pool the first is awaited for ever, and the second ends the whole worker.
 */
export class Children extends ChildPool {
  readonly #where: ChildrenOptions['in']
  readonly #mainFile: string
  readonly #options: Sandboxed
  readonly #open = new Set<Child>()
  readonly #starting = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor(mainFile: string, { in: where, flags, workerForkOptions, workerThreadsOptions }: ChildrenOptions) {
    super({ mainFile })
    this.#mainFile = mainFile
    this.#where = where
    this.#options =
      where === 'process'
        ? // Not through pipes of this process, which would be one more thing that keeps it alive.
          {
            workerForkOptions: {
              stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
              ...workerForkOptions,
              execArgv: [...(workerForkOptions?.execArgv ?? process.execArgv), ...flags],
            },
          }
        : // Threads inherit what Node lets them. BullMQ hands on all flags of the process, and Node refuses some of them.
          {
            useWorkerThreads: true,
            workerThreadsOptions: {
              ...inherited,
              ...workerThreadsOptions,
              ...(flags.length > 0 && { execArgv: [...(workerThreadsOptions?.execArgv ?? []), ...flags] }),
            },
          }
  }

  /** A child that is idle, or a new one. Rejects with SANDBOX_DIED, and WORKER_CLOSED. */
  override async retain(processFile: string): Promise<Child> {
    if (this.#closing) throw closed()
    const idle = this.getFree(processFile).pop()
    if (idle) return idle
    const started = this.#start(processFile)
    this.#starting.add(started)
    try {
      return await started
    } finally {
      this.#starting.delete(started)
    }
  }

  override release(child: Child): void {
    if (this.#closing) void this.end(child)
    else this.getFree(child.processFile).push(child)
  }

  override remove(child: Child): void {
    this.#open.delete(child)
    const free = this.getFree(child.processFile)
    const index = free.indexOf(child)
    if (index >= 0) free.splice(index, 1)
  }

  /** Ends a child at once, whatever it does. */
  async end(child: Child): Promise<void> {
    this.remove(child)
    if (child.childProcess || child.worker) await child.kill('SIGKILL')
  }

  /** Lets idle ones end by themselves, ends the others, and resolves when all are gone. */
  close(): Promise<void> {
    this.#closing ??= this.#endAll()
    return this.#closing
  }

  async #endAll(): Promise<void> {
    const idle = this.getAllFree()
    this.free = {}
    const busy = [...this.#open].filter((child) => !idle.includes(child))
    await Promise.all([
      ...idle.map((child) => child.kill('SIGTERM', politeMs)),
      ...busy.map((child) => this.end(child)),
    ])
    await Promise.allSettled(this.#starting)
  }

  async #start(processFile: string): Promise<Child> {
    const child = new Child(this.#mainFile, processFile, this.#options)
    this.#open.add(child)
    if (this.#where === 'thread') allowPipes(1)
    let error: unknown
    const ended = new Promise<never>((_, reject) => {
      child.on('error', (cause: unknown) => {
        error ??= cause
        reject(died(this.#where, 'it could not be started', cause))
      })
      child.on('exit', (code: number | null, signal: string | null) => {
        this.remove(child)
        if (this.#where === 'thread') allowPipes(-1)
        reject(died(this.#where, describeExit(code, signal), error))
      })
    })
    ended.catch(() => {})
    ends.set(child, ended)
    try {
      await Promise.race([child.init(), ended])
      if (this.#closing) throw closed()
      return child
    } catch (cause) {
      await this.end(child)
      throw cause instanceof BrineError ? cause : died(this.#where, 'it could not be started', cause)
    }
  }
}

const inherited = { stdin: false, stdout: true, stderr: true, execArgv: undefined }
const ends = new WeakMap<Child, Promise<never>>()

/** Rejects with SANDBOX_DIED when the child ends. */
export function endOf(child: Child): Promise<never> {
  return ends.get(child) ?? Promise.reject(died('process', 'it is not known', undefined))
}

/** SANDBOX_DIED: what became of a thread or process. */
export function died(where: ChildrenOptions['in'], what: string, cause: unknown): BrineError {
  return new BrineError(
    'SANDBOX_DIED',
    `the ${where} of the handler is gone: ${what}; the next attempt gets a new one`,
    cause === undefined ? {} : { cause },
  )
}

// BullMQ pipes what each thread prints, and Node takes more than ten listeners of a stream for a leak.
function allowPipes(count: number): void {
  for (const stream of [process.stdout, process.stderr]) {
    const most = stream.getMaxListeners()
    if (most > 0 && Number.isFinite(most)) stream.setMaxListeners(most + count)
  }
}

function describeExit(code: number | null, signal: string | null): string {
  return signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`
}

function closed(): BrineError {
  return new BrineError('WORKER_CLOSED', 'the worker closes, and starts no more threads and processes')
}
