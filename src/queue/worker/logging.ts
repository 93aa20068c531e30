import { WaitsForChildren } from '../flow/waits-for-children.ts'
import type { EnqueueMiddleware } from '../producer/enqueue-middleware.ts'
import type { Middleware } from './middleware.ts'
import { PutBack } from './put-back.ts'
import type { RefusedJob, ToldOfRefused } from './refused-job.ts'

/** What a line says beside its message. */
export interface LogFields {
  readonly queue: string
  /** The job's name. */
  readonly job: string
  readonly id: string
  readonly attempt?: number
  /** How long the handler and the middlewares within worked, in milliseconds. */
  readonly ms?: number
  /** Of a job that was put back. */
  readonly why?: 'delay' | 'rateLimit'
  /** Of a job that was put back or postponed. */
  readonly forMs?: number
  /** Of a postponed job: how often by now. */
  readonly times?: number
  /** Of a job that was postponed or quarantined: why. */
  readonly code?: string
  readonly path?: string | undefined
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
  error(fields: LogFields, message: string): void
}

export interface Logging {
  /**
   * For `use` of a worker: a line when a job is taken (debug), and when it is completed, put back or failed; also when it is
   * postponed for newer workers, or put into quarantine (error).
   */
  readonly jobs: Middleware & ToldOfRefused
  /** For `use` of a producer: a line for each job that was enqueued, and for each that could not be. */
  readonly enqueues: EnqueueMiddleware
}

/**
 * Lines about jobs for a logger, as middlewares. They hold no payloads, results or fields of errors; what an error's message holds is
 * up to who threw it.
 *
 * @example
 * const { jobs, enqueues } = logging(pino())
 * const worker = createWorker(people, { use: [jobs], handlers })
 * const producer = createProducer(people, { use: [enqueues] })
 */
export function logging(logger: Logger): Logging {
  const jobs: Middleware = async ({ queue, name, id, attempt }, next) => {
    const fields = { queue, job: name, id, attempt }
    const since = performance.now()
    const timed = () => ({ ...fields, ms: Math.round(performance.now() - since) })
    logger.debug(fields, 'job taken')
    try {
      const result = await next()
      logger.info(timed(), 'job completed')
      return result
    } catch (error) {
      if (PutBack.is(error)) logger.info({ ...timed(), why: error.why, forMs: error.ms }, 'job put back')
      else if (error instanceof WaitsForChildren) logger.info(timed(), 'job waits for its children')
      else logger.error({ ...timed(), err: describe(error) }, 'job failed')
      throw error
    }
  }
  return {
    jobs: Object.assign(jobs, {
      refused({ queue, storedName: job, id, refusal, became, forMs, times }: RefusedJob) {
        const { code, path } = refusal
        const fields = { queue, job, id, code, path }
        if (became === 'quarantined') logger.error({ ...fields, err: describe(refusal) }, 'job quarantined')
        else
          logger.info(
            { ...fields, ...(forMs !== undefined && { forMs }), ...(times !== undefined && { times }) },
            'job postponed',
          )
      },
    }),
    async enqueues({ queue, name, id }, next) {
      try {
        const handle = await next()
        // Deduplication gives the id of an earlier job.
        logger.info({ queue, job: name, id: handle.id }, handle.id === id ? 'job enqueued' : 'job was there already')
        return handle
      } catch (error) {
        logger.error({ queue, job: name, id, err: describe(error) }, 'job not enqueued')
        throw error
      }
    },
  }
}

function describe(error: unknown): NonNullable<LogFields['err']> {
  try {
    if (!(error instanceof Error)) return { type: typeof error, message: 'what was thrown is no error' }
    const { name: type, message, stack } = error
    const code: unknown = Reflect.get(error, 'code')
    return { type, message, stack, ...(typeof code === 'string' && { code }) }
  } catch {
    return { type: 'unknown', message: 'what was thrown cannot be read' }
  }
}
