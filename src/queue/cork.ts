import { Socket } from 'node:net'

// More than this is worth a packet of its own, so that Redis works while the rest is written.
const enoughBytes = 32_768

/**
 * Lets the commands of one turn of the event loop leave together: a worker at work answers many replies at once, and as many
 * system calls, here and in Redis, cost more than the commands. It delays none: the turn ends before anything else is read.
 */
export function corkForTurn(client: object): void {
  const stream: unknown = Reflect.get(client, 'stream')
  if (!(stream instanceof Socket)) return
  if (stream.writableCorked === 0) {
    stream.cork()
    setImmediate(() => stream.uncork())
  } else if (stream.writableLength > enoughBytes) {
    stream.uncork()
    stream.cork()
  }
}
