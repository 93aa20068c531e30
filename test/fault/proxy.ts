import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Proxy {
  readonly url: string
  /** From now on nothing passes through the connections that there are, and nobody is told: each is open at one end. */
  halfOpen(): void
  /** The same, and of those that come too, until `thaw`. */
  freeze(): void
  thaw(): void
  /** Hangs up in place of the next answer to a request that is as it should be, once. */
  loseAnswer(to: (request: string) => boolean): void
  /** How many connections there were. */
  readonly accepted: number
}

/** Stands before a Redis, for the running test. */
export async function openProxy(port: number): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let frozen = false
  let accepted = 0
  let isToLose: ((request: string) => boolean) | undefined
  const cut = ([near, far]: readonly [Socket, Socket]) => {
    near.unpipe(far).pause()
    far.unpipe(near).pause()
  }
  const server = createServer({ allowHalfOpen: true }, (near) => {
    accepted++
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const pair = [near, far] as const
    pairs.add(pair)
    for (const socket of pair) socket.on('error', () => {})
    if (frozen) return cut(pair)
    near.on('data', (request) => {
      if (!isToLose?.(String(request))) return
      isToLose = undefined
      far.unpipe(near)
      far.once('data', () => {
        near.destroy()
        far.destroy()
      })
      far.resume()
    })
    near.pipe(far)
    far.pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of [...pairs].flat()) socket.destroy()
    server.close()
  })
  const halfOpen = () => {
    for (const pair of pairs) cut(pair)
  }
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    halfOpen,
    freeze() {
      frozen = true
      halfOpen()
    },
    thaw() {
      frozen = false
    },
    loseAnswer(to) {
      isToLose = to
    },
    get accepted() {
      return accepted
    },
  }
}
