import { BrineError } from '../errors.ts'

/** A handler's failure as BullMQ is told of it: a message and a stack, and beside them the encoded error. */
export class HandlerFailure extends Error {
  readonly #ours = true
  /** What was thrown, for a backoff strategy of the user's. */
  readonly thrown: unknown
  readonly encoded: string | undefined
  /** Why a sandboxed handler did not even begin: its payload was refused where it was opened. */
  readonly refusal: BrineError | undefined

  // `instanceof` could trigger the traps of a thrown Proxy.
  static is(thrown: unknown): thrown is HandlerFailure {
    return typeof thrown === 'object' && thrown !== null && #ours in thrown
  }

  constructor(failure: {
    thrown: unknown
    encoded: string | undefined
    message: string
    stack: string
    retry: boolean
    refused?: boolean | undefined
  }) {
    super(failure.message)
    this.thrown = failure.thrown
    this.encoded = failure.encoded
    this.refusal = failure.refused && failure.thrown instanceof BrineError ? failure.thrown : undefined
    this.stack = failure.stack
    this.decide(failure.retry)
  }

  /** Whether another attempt may follow. */
  get retry(): boolean {
    return this.name === 'HandlerFailure'
  }

  decide(retry: boolean): void {
    // BullMQ knows by this name that it need not try again. No other name may pass: by some it leaves the job where it is.
    this.name = retry ? 'HandlerFailure' : 'UnrecoverableError'
  }
}
