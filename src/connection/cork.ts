import { Socket } from 'node:net'

// As much as Redis reads at a time. More would wait there for what comes with it, and Redis and this process would take turns
// instead of working side by side; less costs each of them a system call.
const enoughBytes = 16_384

const begun = new WeakSet<Socket>()

/**
 * Lets the commands that are made together leave together, but for the first, on which Redis works while the others are made. A
 * worker answers many replies in one go, and as many system calls, here and in Redis, cost more than the commands. It delays none:
 * what is made together is made without waiting.
 */
export function corkForTurn(client: object): void {
  const stream: unknown = Reflect.get(client, 'stream')
  if (!(stream instanceof Socket)) return
  if (!begun.has(stream)) {
    begun.add(stream)
    // After all promises that can go on have gone on; a turn of the event loop of its own would cost more than it saves.
    process.nextTick(() => {
      begun.delete(stream)
      stream.uncork()
    })
  } else if (stream.writableCorked === 0) {
    stream.cork()
  } else if (stream.writableLength > enoughBytes) {
    stream.uncork()
    stream.cork()
  }
}
