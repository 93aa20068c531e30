import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openConnection } from '../../src/connection/connection.ts'
import { openClient } from '../connection.ts'
import { openProducer } from './people.ts'

test.each([Infinity, 2 ** 40])('waits for a server for as long as it takes: %d ms', async (timeoutMs) => {
  const warned = vi.spyOn(process, 'emitWarning')
  const silent = createServer((socket) => sockets.push(socket))
  const sockets: Socket[] = []
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const connection = openConnection({ host: '127.0.0.1', port }, 'wait')
  onTestFinished(async () => {
    await connection.close()
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  let settled = false
  connection.ready(timeoutMs).then(
    () => {},
    () => {
      settled = true
    },
  )
  await openClient().ping()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(settled).toBe(false)
  expect(warned).not.toHaveBeenCalled()
})

test('takes a time to enqueue that is longer than a timer runs', async () => {
  const warned = vi.spyOn(process, 'emitWarning')
  const producer = openProducer(undefined, { enqueueTimeoutMs: 2 ** 40 })
  await producer.enqueue('anything', 1)
  expect(warned).not.toHaveBeenCalled()
})
