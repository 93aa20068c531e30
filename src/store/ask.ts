import { type Cluster, Command, Redis } from 'ioredis'
import type { Connection } from '../connection/connection.ts'
import { corkForTurn } from '../connection/cork.ts'
import { Deadlines } from '../connection/deadlines.ts'
import { isReply, refused } from '../connection/redis-errors.ts'
import { BrineError } from '../errors.ts'

/**
 * Asks Redis something, and waits no longer than the set time for the server to be there, nor for its answer.
 *
 * Rejects with REDIS_UNREACHABLE when none comes: what was asked for may have happened all the same; and with REDIS_REFUSED
 * for an answer that is an error.
 */
export interface Asker {
  ask: Ask
  /** The same for one command. Its answer is a text, or bytes where `encoding` is null. */
  command(name: string, args: string[], encoding: 'utf8' | null): Promise<unknown>
}

export type Ask = <T>(question: (client: Redis | Cluster) => Promise<T>) => Promise<T>

export function createAsker(connection: Connection, timeoutMs: number): Asker {
  const { client } = connection
  const deadlines = new Deadlines(timeoutMs)
  // A cluster, and an ioredis that is not ours, have their own way to send a command.
  const redis = client instanceof Redis ? client : undefined

  function describe(error: unknown): BrineError {
    if (error instanceof BrineError) return error
    if (isReply(error)) return refused(error)
    // ioredis has many words for a lost connection, and none that help.
    return connection.unreachable(
      client.status === 'ready' ? `the command failed: ${error}` : 'the connection was lost',
    )
  }

  const late = () => connection.unreachable(`no answer within ${timeoutMs} ms`)

  const ask: Ask = <T>(question: (client: Redis | Cluster) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      const deadline = deadlines.begin(() => reject(late()))
      const answer = connection.isReady ? question(client) : connection.ready(timeoutMs).then(() => question(client))
      answer.then(
        (value) => {
          deadlines.end(deadline)
          resolve(value)
        },
        (error: unknown) => {
          deadlines.end(deadline)
          reject(describe(error))
        },
      )
    })

  return {
    ask,
    async command(name, args, encoding) {
      if (redis === undefined || !connection.isReady) {
        return ask((asked): Promise<unknown> => (encoding ? asked.call(name, args) : asked.callBuffer(name, args)))
      }
      // Without a promise of our own around that of ioredis, which a round trip pays for.
      const command = new Command(name, args, { replyEncoding: encoding })
      const deadline = deadlines.begin(() => command.reject(late()))
      corkForTurn(redis)
      try {
        return await redis.sendCommand(command)
      } catch (error) {
        throw describe(error)
      } finally {
        deadlines.end(deadline)
      }
    },
  }
}
