import { setTimeout as pause } from 'node:timers/promises'
import { BrineError } from '../errors.ts'
import type { Connection } from './connection.ts'

const againMs = 50

/**
 * Runs commands that may be sent twice without harm, and sees to it that they end: within `timeoutMs` they have succeeded or
 * the caller is told why not. Nothing is sent before the server answers, so that what was refused is not added later; when
 * the server goes away after something was sent, it is sent again while the time lasts.
 *
 * Throws REDIS_UNREACHABLE, and REDIS_REFUSED for what the server itself answered.
 */
export async function send<T>(connection: Connection, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    await connection.ready(Math.max(0, deadline - Date.now()))
    try {
      return await answered(work(), deadline - Date.now(), () =>
        connection.unreachable(
          `no answer came within ${timeoutMs} ms, and it is not known whether it was added; enqueue with the same jobId to add it once`,
        ),
      )
    } catch (error) {
      if (error instanceof BrineError) throw error
      if (isReply(error)) throw refused(error)
      if (!isConnectionLost(error)) throw error
      if (Date.now() >= deadline) throw connection.unreachable('the connection was lost')
      await pause(againMs)
    }
  }
}

function answered<T>(work: Promise<T>, timeoutMs: number, late: () => BrineError): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), Math.max(0, timeoutMs))
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function refused(error: Error): BrineError {
  return new BrineError('REDIS_REFUSED', `Redis answered: ${error.message}`, { cause: error })
}

function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}

function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code: unknown = Reflect.get(error, 'code')
  return (
    error.name === 'MaxRetriesPerRequestError' ||
    /Connection is closed|Stream isn't writeable|Command aborted due to connection close/.test(error.message) ||
    (typeof code === 'string' && /^E[A-Z]+$/.test(code))
  )
}
