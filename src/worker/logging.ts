import type { EnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import { errorClass } from '../notation/error-message.ts'
import { isError } from '../realm/is-error.ts'
import type { Middleware } from './middleware.ts'
import type { AttemptEnd, WorkerEvent } from './worker-event.ts'

/** What a line says beside its message. */
export interface LogFields {
  readonly queue: string
  /** The job's name; none for a job that the contract does not know, and for what is about the worker. */
  readonly job?: string | undefined
  readonly id?: string
  readonly attempt?: number
  /** How long the handler and the middlewares around it worked, in milliseconds. */
  readonly ms?: number
  /** How long the job had waited, in milliseconds, at its first attempt. */
  readonly waitMs?: number
  /** Of the payload as it is stored. */
  readonly bytes?: number
  /** Of an end that an error of BrineMQ's brought about. */
  readonly code?: string
  /** Of a job that was put back: by what, and for how many milliseconds. */
  readonly why?: NonNullable<AttemptEnd['why']>
  readonly forMs?: number
  /** Of a job that was postponed for newer workers: how often by now. */
  readonly times?: number
  /** Of what could not be read: where. */
  readonly path?: string
  /** Of an error its name, message, code and stack: as pino's serializer has it, but without fields of the error's own. */
  readonly err?: {
    readonly type: string
    readonly message: string
    readonly stack?: string | undefined
    readonly code?: string
  }
}

/** Where lines go: pino's loggers are such, and `console` is one too. */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  /** Default: `error`. */
  warn?(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

/** The two middlewares that {@link logging} gives. */
export interface Logging {
  /** For `use` of a worker: a line for each end of an attempt, and when one begins (debug), and for what goes wrong beside them. */
  readonly jobs: Middleware
  /** For `use` of a producer: a line for each job that was enqueued, and for each that could not be. */
  readonly enqueues: EnqueueMiddleware
}

const messages: Readonly<Record<AttemptEnd['type'], string>> = {
  completed: 'job completed',
  failed: 'job failed',
  retried: 'job failed, and is tried again',
  postponed: 'job put back',
  quarantined: 'job quarantined',
  lost: 'job lost: another worker may have taken it',
}

const levels: Readonly<Record<AttemptEnd['type'], 'info' | 'warn' | 'error'>> = {
  ...{ completed: 'info', failed: 'error', retried: 'warn', postponed: 'info', quarantined: 'error', lost: 'warn' },
}

/**
 * Lines about jobs for a logger, as middlewares: one an event. They hold no payloads, results or fields of errors. They have the class of an error
 * and its message, but not a message that its model marks as sensitive, nor, where texts are encrypted, that of a class without a model.
 *
 * @example
 * const { jobs, enqueues } = logging(pino())
 * const worker = createWorker(people, { use: [jobs], handlers })
 * const producer = createProducer(people, { use: [enqueues] })
 */
export function logging(logger: Logger): Logging {
  const write = (level: 'info' | 'warn' | 'error', fields: LogFields, message: string) => {
    if (level === 'warn' && logger.warn) logger.warn(fields, message)
    else logger[level === 'warn' ? 'error' : level](fields, message)
  }

  const jobs: Middleware = ({ queue, name, id, attempt }, next) => {
    logger.debug({ queue, job: name, id, attempt }, 'job taken')
    return next()
  }

  function onEvent(event: WorkerEvent): void {
    const { type, queue } = event
    if (type === 'connected') logger.info({ queue }, 'worker connected')
    else if (type === 'error') logger.error({ queue, err: asErr(describe(event.error)) }, 'worker in trouble')
    else write(levels[type], fieldsOf(event), event.why === 'newer' ? 'job postponed' : messages[type])
  }

  return {
    jobs: Object.assign(jobs, { onEvent }),
    async enqueues({ queue, name, id, bytes, schedule }, next) {
      try {
        const handle = await next()
        const fields = { queue, job: name, id: handle.id, bytes }
        if (schedule !== undefined) logger.info({ ...fields, id: schedule }, 'schedule written')
        // Deduplication gives the id of an earlier job.
        else logger.info(fields, handle.id === id ? 'job enqueued' : 'job was there already')
        return handle
      } catch (error) {
        logger.error({ queue, job: name, id, err: asErr(describe(error)) }, 'job not enqueued')
        throw error
      }
    },
  }
}

function fieldsOf(end: AttemptEnd): LogFields {
  const { queue, job, id, attempt, runMs, waitMs, payloadBytes: bytes, code, why, forMs, times, error, loggable } = end
  const path = error instanceof BrineError ? error.path : undefined
  return {
    ...{ queue, job, id, attempt },
    ...(runMs !== undefined && { ms: Math.round(runMs) }),
    ...(waitMs !== undefined && { waitMs }),
    ...(bytes !== undefined && { bytes }),
    ...(code !== undefined && { code }),
    ...(path !== undefined && { path }),
    ...(why !== undefined && { why }),
    ...(forMs !== undefined && { forMs }),
    ...(times !== undefined && { times }),
    ...(loggable && { err: asErr({ ...describe(error), ...loggable }) }),
  }
}

type Err = NonNullable<LogFields['err']>

/** Serializers of loggers take the class from elsewhere: pino's from the constructor, which is Object, and bunyan's from the name. */
function asErr(fields: Err): Err {
  return Object.defineProperties(fields, { constructor: { value: undefined }, name: { value: fields.type } })
}

function describe(error: unknown): Err {
  try {
    if (!isError(error)) return { type: typeof error, message: 'what was thrown is no error' }
    const { message, stack } = error
    const code: unknown = Reflect.get(error, 'code')
    return { type: errorClass(error), message, stack, ...(typeof code === 'string' && { code }) }
  } catch {
    return { type: 'unknown', message: 'what was thrown cannot be read' }
  }
}
