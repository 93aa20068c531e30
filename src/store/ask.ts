import type { Cluster, Redis } from 'ioredis'
import { BrineError } from '../errors.ts'
import type { Connection } from '../queue/connection/connection.ts'
import { Deadlines } from '../queue/connection/deadlines.ts'
import { isReply, refused } from '../queue/connection/reply.ts'

/**
 * Asks Redis something, and waits no longer than the set time for the server to be there, nor for its answer.
 *
 * Rejects with REDIS_UNREACHABLE when none comes: what was asked for may have happened all the same; and with REDIS_REFUSED
 * for an answer that is an error.
 */
export type Ask = <T>(question: (client: Redis | Cluster) => Promise<T>) => Promise<T>

export function createAsk(connection: Connection, timeoutMs: number): Ask {
  const { client } = connection
  const deadlines = new Deadlines(timeoutMs)

  function describe(error: unknown): BrineError {
    if (error instanceof BrineError) return error
    if (isReply(error)) return refused(error)
    // ioredis has many words for a lost connection, and none that help.
    return connection.unreachable(
      client.status === 'ready' ? `the command failed: ${error}` : 'the connection was lost',
    )
  }

  return <T>(question: (client: Redis | Cluster) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      const asked = { late: () => reject(connection.unreachable(`no answer within ${timeoutMs} ms`)) }
      deadlines.begin(asked)
      const answer = connection.isReady ? question(client) : connection.ready(timeoutMs).then(() => question(client))
      answer.then(
        (value) => {
          deadlines.end(asked)
          resolve(value)
        },
        (error: unknown) => {
          deadlines.end(asked)
          reject(describe(error))
        },
      )
    })
}
