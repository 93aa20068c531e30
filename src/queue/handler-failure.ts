/** A handler's failure as BullMQ is told of it: a message and a stack, and beside them the encoded error. */
export class HandlerFailure extends Error {
  /** What was thrown, for a backoff strategy of the user's. */
  readonly thrown: unknown
  readonly encoded: string | undefined

  constructor(failure: {
    thrown: unknown
    encoded: string | undefined
    message: string
    stack: string
    retry: boolean
  }) {
    super(failure.message)
    this.thrown = failure.thrown
    this.encoded = failure.encoded
    this.stack = failure.stack
    // BullMQ knows by this name that it need not try again. No other name may pass: by some it leaves the job where it is.
    this.name = failure.retry ? 'HandlerFailure' : 'UnrecoverableError'
  }
}
