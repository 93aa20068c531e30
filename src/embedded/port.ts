import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * A port of 127.0.0.1 on which nothing listens at this moment: `port`, or one that the system picks. Throws the system's
 * error, EADDRINUSE above all.
 */
export async function probePort(port = 0): Promise<number> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return address.port
}

/** Asks the server on `port` of 127.0.0.1 for a PONG. Throws when none comes within `timeoutMs`. */
export async function ping(port: number, timeoutMs: number): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs)
  const socket = connect({ port, host: '127.0.0.1', signal })
  try {
    await once(socket, 'connect', { signal })
    socket.write('PING\r\n')
    const [answer]: unknown[] = await once(socket, 'data', { signal })
    if (String(answer) !== '+PONG\r\n') throw new Error(`it is no Redis: port ${port} did not answer PONG`)
  } finally {
    socket.destroy()
  }
}
