/**
 * Every way in which BrineMQ refuses something, and whether BullMQ may try the job again after it.
 *
 * A failure may retry only when another attempt could end otherwise. What depends on bytes, schemas or code alone
 * ends the same way each time, so it fails at once and leaves its attempts unused.
 */
const retries = {
  MODEL_INVALID: false,
  CONTRACT_INVALID: false,
  OPTIONS_INVALID: false,
  KEYS_INVALID: false,
  UNSUPPORTED_VALUE: false,
  UNREGISTERED_CLASS: false,
  EXTRA_PROPERTY: false,
  ACCESSOR: false,
  CYCLE_THROUGH_DECODE: false,
  FIELDS_INVALID: false,
  MODEL_THREW: false,
  UPCAST_FAILED: false,
  LIMIT_EXCEEDED: false,
  TEXT_INVALID: false,
  ENCODING_UNKNOWN: false,
  SEAL_MISSING: false,
  SEAL_INVALID: false,
  KEY_UNKNOWN: false,
  TAG_UNKNOWN: false,
  VERSION_NEWER: false,
  VERSION_OLDER: false,
  VALUE_INVALID: false,
  PAYLOAD_INVALID: false,
  RESULT_INVALID: false,
  PROGRESS_INVALID: false,
  JOB_UNKNOWN: false,
  SCHEDULE_UNKNOWN: false,
  JOB_REMOVED: false,
  JOB_FAILED: false,
  JOB_QUARANTINED: false,
  JOB_STALLED: false,
  JOB_CANCELLED: false,
  JOB_TIMEOUT: true,
  JOB_STATE_INVALID: false,
  RESULT_TIMEOUT: false,
  LOCK_LOST: true,
  WORKER_CLOSED: true,
  WORKER_STUCK: true,
  SANDBOX_DIED: true,
  CLOSED: false,
  REDIS_UNREACHABLE: true,
  REDIS_REFUSED: true,
  EVICTION_POLICY: false,
  CLOCK_OFF: false,
  EMBEDDED_FAILED: false,
  FILE_UNREADABLE: false,
  FILE_UNWRITABLE: false,
} as const

/** The code of a {@link BrineError}; docs/errors.md says what each means and what to do. */
export type BrineErrorCode = keyof typeof retries

/** Every code there is. */
export const brineErrorCodes = Object.keys(retries) as readonly BrineErrorCode[]

export interface BrineErrorDetails {
  /** The job's name in its contract. */
  job?: string | undefined
  /** Where in the value: `$` is the whole, `$.person.age` a property, `$[3]` an element. */
  path?: string | undefined
  cause?: unknown
}

/** A job of an `enqueueBulk`: its place among the items, and its id, given or drawn. */
export interface BulkPlace {
  readonly index: number
  readonly id: string
}

/** What is known of the jobs of an `enqueueBulk` that failed on its way. Each is in one of the lists. */
export interface BulkEnd {
  /** Redis has them. */
  readonly added: readonly BulkPlace[]
  /** Redis refused them, or was not sent them. */
  readonly notAdded: readonly BulkPlace[]
  /** They were sent, and no answer came. */
  readonly unknown: readonly BulkPlace[]
}

/**
 * The one error that BrineMQ throws: a stable `code` to branch on, the `job` and `path` it speaks of, and a message that
 * says what to do. The message reads `CODE job path: what to do` and never holds a payload's values.
 */
export class BrineError extends Error {
  override readonly name: string = 'BrineError'
  readonly code: BrineErrorCode
  readonly job: string | undefined
  readonly path: string | undefined
  /** Of an `enqueueBulk` that failed on its way: which jobs were added, which were not, and of which it is not known. Not enumerable. */
  declare readonly bulk?: BulkEnd

  constructor(code: BrineErrorCode, remedy: string, details: BrineErrorDetails = {}) {
    const { job, path, cause } = details
    super(where(code, job, path) + remedy, cause === undefined ? undefined : { cause })
    this.code = code
    this.job = job
    this.path = path
  }

  /**
   * The same refusal, spoken of a job, or of a larger value that holds the one it was found in. `within` says where a text
   * was kept, such as `key "person-a"`; it goes before what to do.
   */
  relocated({ job = this.job, path = this.path, within }: Relocation): BrineError {
    const remedy = this.message.slice(where(this.code, this.job, this.path).length)
    const details = { job, path, cause: this.cause }
    return new BrineError(this.code, within === undefined ? remedy : `${within}: ${remedy}`, details)
  }
}

interface Relocation extends Pick<BrineErrorDetails, 'job' | 'path'> {
  within?: string
}

/** Whether `error` may be cured by another attempt: see the table of codes. Errors that are not ours always may. */
export function mayRetry(error: unknown): boolean {
  return !(error instanceof BrineError) || retries[error.code]
}

/** Whether `code` is one of ours: an error that travels names its code, and a text may name anything. */
export function isBrineErrorCode(code: unknown): code is BrineErrorCode {
  return typeof code === 'string' && Object.hasOwn(retries, code)
}

function where(code: BrineErrorCode, job: string | undefined, path: string | undefined): string {
  const parts = [code, job, path === undefined ? undefined : shortenPath(path)]
  return `${parts.filter((part) => part !== undefined).join(' ')}: `
}

const longestPath = 240

// A path through 1,000 nested objects is thousands of characters, and BullMQ stores the message twice.
export function shortenPath(path: string): string {
  if (path.length <= longestPath) return path
  return `${path.slice(0, longestPath / 3)} … ${path.slice((-longestPath * 2) / 3)}`
}
