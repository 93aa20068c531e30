import type { Cluster, Redis } from 'ioredis'
import { BrineError } from '../errors.ts'
import type { Connection } from '../queue/connection/connection.ts'
import { isReply, refused } from '../queue/connection/reply.ts'

/**
 * Asks Redis something, and waits no longer than `timeoutMs` for the server to be there, nor for its answer.
 *
 * Throws REDIS_UNREACHABLE when none comes: what was asked for may have happened all the same. Throws REDIS_REFUSED for
 * an answer that is an error.
 */
export async function ask<T>(
  connection: Connection,
  timeoutMs: number,
  question: (client: Redis | Cluster) => Promise<T>,
): Promise<T> {
  const { client } = connection
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(connection.unreachable(`no answer within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([connection.ready(timeoutMs).then(() => question(client)), late])
  } catch (error) {
    if (error instanceof BrineError) throw error
    if (isReply(error)) throw refused(error)
    // ioredis has many words for a lost connection, and none that help.
    throw connection.unreachable(client.status === 'ready' ? `the command failed: ${error}` : 'the connection was lost')
  } finally {
    clearTimeout(timer)
  }
}
