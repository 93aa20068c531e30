import type { Cluster, Redis } from 'ioredis'
import { BrineError } from '../errors.ts'
import type { Connection } from '../queue/connection.ts'

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

/** What a reply becomes that is an error: out of memory, no permission, a key that holds another kind of value. */
export function refused(reply: Error): BrineError {
  const previous: unknown = Reflect.get(reply, 'previousErrors')
  // A transaction says only that it was discarded, and its first command why.
  const first = Array.isArray(previous) && previous[0] instanceof Error ? previous[0] : reply
  // Not as the cause, and without the arguments that some replies quote: both hold what was to be stored.
  const [words] = first.message.split(', with args')
  return new BrineError('REDIS_REFUSED', `Redis answered '${words}', and nothing was done; mend that there`)
}

// By name: the user's client may come from another copy of ioredis.
function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}
