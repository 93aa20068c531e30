import { type InspectOptions, inspect } from 'node:util'
import type { StoredJob } from '../bullmq/stored-job.ts'
import type { HandlerChildren } from '../flow/handler-children.ts'
import { JobDeferred } from '../job/job-deferred.ts'
import type { HandlerContext } from './handler.ts'

/** What the running attempt does for its handler. */
export interface Attempt {
  readonly stored: StoredJob
  /** Of the job in its contract. */
  readonly name: string
  readonly signal: AbortSignal
  readonly children: HandlerChildren
  progress(value: unknown): Promise<void>
  log(line: string): Promise<void>
}

/** The context of a handler. Each member is made when it is asked for: most handlers ask for few, and there are many jobs. */
export class JobContext implements HandlerContext {
  readonly #attempt: Attempt

  constructor(attempt: Attempt) {
    this.#attempt = attempt
  }

  /** For `console.log`. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    const { id, name, attempt, maxAttempts, enqueuedAt } = this
    return `HandlerContext ${inspect({ id, name, attempt, maxAttempts, enqueuedAt }, options)}`
  }

  get id(): string {
    return String(this.#attempt.stored.id)
  }

  get name(): string {
    return this.#attempt.name
  }

  get attempt(): number {
    return this.#attempt.stored.attemptsMade + 1
  }

  get maxAttempts(): number {
    return Math.max(1, Number(this.#attempt.stored.opts.attempts) || 1)
  }

  get enqueuedAt(): Date {
    return new Date(this.#attempt.stored.timestamp)
  }

  get metadata(): string | undefined {
    return this.#attempt.stored.opts.telemetry?.metadata
  }

  get signal(): AbortSignal {
    return this.#attempt.signal
  }

  get progress(): HandlerContext['progress'] {
    return (value) => this.#attempt.progress(value)
  }

  get log(): HandlerContext['log'] {
    return (line) => this.#attempt.log(line)
  }

  get children(): HandlerChildren {
    return this.#attempt.children
  }

  get delay(): HandlerContext['delay'] {
    return (ms) => new JobDeferred('delay', ms)
  }

  get rateLimit(): HandlerContext['rateLimit'] {
    return (ms) => new JobDeferred('rateLimit', ms)
  }
}
