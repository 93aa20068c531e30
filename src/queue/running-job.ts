import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { ContractJob } from '../contract/contract.ts'
import type { BrineError } from '../errors.ts'
import type { StoredJob } from './bullmq.ts'
import type { HandlerContext } from './handler.ts'
import { StoredText } from './stored-text.ts'

/** How a handler's work came to an end. The value is in a box: it may be a class with a `then` method. */
export type Settled =
  | { state: 'returned'; value: unknown }
  | { state: 'threw'; thrown: unknown }
  | { state: 'abandoned' }

/** One attempt at a job, from its decoded payload to what its handler makes of it. */
export class RunningJob {
  /** Why the work is in vain, once it is. */
  aborted: BrineError | undefined
  #controller: AbortController | undefined
  #abandon: (() => void) | undefined
  #over = false
  readonly #stored: StoredJob
  readonly #entry: ContractJob
  readonly #codec: EnvelopeCodec
  readonly #report: (error: unknown) => void

  constructor(stored: StoredJob, entry: ContractJob, codec: EnvelopeCodec, report: (error: unknown) => void) {
    this.#stored = stored
    this.#entry = entry
    this.#codec = codec
    this.#report = report
  }

  get id(): string {
    return String(this.#stored.id)
  }

  /** Runs the handler. It resolves in any case, and for an abandoned job before the handler does. */
  run(handle: (context: HandlerContext) => unknown): Promise<Settled> {
    return new Promise((resolve) => {
      const settle = (settled: Settled) => {
        this.#over = true
        resolve(settled)
      }
      this.#abandon = () => settle({ state: 'abandoned' })
      new Promise((done) => done(handle(this.#context()))).then(
        (value) => settle({ state: 'returned', value }),
        (thrown: unknown) => settle({ state: 'threw', thrown }),
      )
    })
  }

  /** Aborts the handler's signal; the first reason stands. */
  abort(reason: BrineError): void {
    this.aborted ??= reason
    this.#controller?.abort(this.aborted)
  }

  /** Gives up on the handler: whatever it still does is ignored. */
  abandon(): void {
    this.#abandon?.()
  }

  #context(): HandlerContext {
    const stored = this.#stored
    const signal = () => this.#signal()
    return {
      id: this.id,
      name: this.#entry.name,
      attempt: stored.attemptsMade + 1,
      maxAttempts: Math.max(1, Number(stored.opts.attempts) || 1),
      enqueuedAt: new Date(stored.timestamp),
      // Made when it is asked for: most handlers do not.
      get signal() {
        return signal()
      },
      progress: (value) => this.#told(this.#progress(value)),
      log: (line) => this.#told(this.#log(line)),
    }
  }

  #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.aborted) this.#controller.abort(this.aborted)
    }
    return this.#controller.signal
  }

  async #progress(value: unknown): Promise<void> {
    const { name, version, progress } = this.#entry
    await progress?.checkInput(value, { code: 'PROGRESS_INVALID', job: name })
    const text = this.#codec.encode(value, { kind: 'progress', job: name, version })
    // A late word of a handler that was given up on would overwrite that of the next attempt.
    if (!this.#over) await this.#stored.updateProgress(new StoredText(text))
  }

  async #log(line: string): Promise<void> {
    if (!this.#over) await this.#stored.log(line)
  }

  // Handlers need not await these: a rejection that nobody takes would end the process.
  #told(work: Promise<void>): Promise<void> {
    work.catch(this.#report)
    return work
  }
}
