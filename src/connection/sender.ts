import { AsyncResource } from 'node:async_hooks'
import { isError } from '../realm/is-error.ts'
import type { Connection } from './connection.ts'
import { Deadlines } from './deadlines.ts'
import { isReply, refused } from './redis-errors.ts'

/** Runs commands within a set time. */
export interface Sender {
  /**
   * Runs `work`, which may be run twice without harm, and sees to it that it ends: within the time it has succeeded or the
   * caller is told why not. Nothing is sent before the server answers, nor when the time is over, so that what was refused is
   * not added later; when the connection is lost after something was sent, it is sent again while the time lasts.
   *
   * Rejects with REDIS_UNREACHABLE, with REDIS_REFUSED for what the server itself answered, and with what else `work` throws. `doubt` is what
   * REDIS_UNREACHABLE says of work that may have been done.
   */
  send<T>(work: () => Promise<T>, doubt?: string): Promise<T>
  /** The same for work that changes nothing. */
  ask<T>(work: () => Promise<T>): Promise<T>
}

const maybeDone = ', and it is not known whether it was done'
/** Of work that adds a job under an id. */
export const maybeAdded = (id: string) =>
  `, and it is not known whether it was added: enqueue it again with the jobId '${id}', by which it is added once`

const againMs = 50
const reviveMs = 1_000

export function createSender(connection: Connection, timeoutMs: number): Sender {
  const deadlines = new Deadlines(timeoutMs)

  const within = <T>(work: () => Promise<T>, doubt: string): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      let isSent = false
      let forget = () => {}
      const deadline = deadlines.begin(() => {
        // Not kept until the server is back: an outage may be long, and `work` holds a payload.
        forget()
        // What follows is not to be sent into a connection that is dead.
        connection.revive(reviveMs).catch(() => {})
        reject(connection.unreachable(isSent ? `no answer came within ${timeoutMs} ms${doubt}` : noAnswer(timeoutMs)))
      })
      const attempt = () => {
        if (!deadline.isPending) return
        if (!connection.isReady) {
          // In the context of its caller, such as a span that traces the enqueue.
          forget = connection.onChange(AsyncResource.bind(attempt))
          return
        }
        isSent = true
        work().then(end, failed)
      }
      const end = (value: T) => {
        deadlines.end(deadline)
        resolve(value)
      }
      const failed = (error: unknown) => {
        if (isConnectionLost(error) && !connection.hasEnded) return void setTimeout(attempt, againMs)
        deadlines.end(deadline)
        reject(describe(error, connection))
      }
      attempt()
    })

  return { send: (work, doubt = maybeDone) => within(work, doubt), ask: (work) => within(work, '') }
}

/** A sender that refuses to work once its owner is closed, and converts every error with `refused`. */
export function guardSender(sender: Sender, isClosed: () => boolean, refused: (error: unknown) => unknown): Sender {
  async function guard<T>(run: () => Promise<T>): Promise<T> {
    try {
      if (isClosed()) throw new Error('closed')
      return await run()
    } catch (error) {
      throw refused(error)
    }
  }
  return {
    send: (work, doubt) => guard(() => sender.send(work, doubt)),
    ask: (work) => guard(() => sender.ask(work)),
  }
}

function noAnswer(timeoutMs: number): string {
  return `no Redis answered within ${timeoutMs} ms`
}

function describe(error: unknown, connection: Connection): unknown {
  if (isConnectionLost(error)) return connection.unreachable('the connection has ended')
  return isReply(error) ? refused(error) : error
}

// By their words: a bundler that shortens the names of classes shortens the names of ioredis' errors with them.
const lost =
  /Connection is closed|Stream isn't writeable|Command aborted due to connection close|max retries per request|Too many Cluster redirections/

export function isConnectionLost(error: unknown): boolean {
  if (!isError(error)) return false
  const code: unknown = Reflect.get(error, 'code')
  return lost.test(error.message) || (typeof code === 'string' && /^E[A-Z]+$/.test(code))
}
