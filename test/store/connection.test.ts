import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startEmbedded } from 'brinemq/embedded'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshPrefix, openClient } from '../connection.ts'
import { openStore } from './open-store.ts'

describe('the connection', () => {
  test("a client of the user's own stays open, and keeps no listener of ours", async () => {
    const client = openClient()
    const listeners = client.eventNames().map((name) => [name, client.listenerCount(name)])
    const { store } = openStore({ connection: client })
    await store.set('key', 1)
    await store.close()
    await store.close()
    expect(await client.ping()).toBe('PONG')
    expect(client.eventNames().map((name) => [name, client.listenerCount(name)])).toEqual(listeners)
    await expect(store.get('key')).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(store.keys().next()).rejects.toMatchObject({ code: 'CLOSED' })
  })

  test('a server that is not there is told within the time that was set', async () => {
    const { store } = openStore({ connection: 'redis://127.0.0.1:1', timeoutMs: 200 })
    const calls = [store.set('key', 1), store.get('key'), store.getMany(['key']), store.keys().next()]
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'REDIS_UNREACHABLE' } })
    }
  })

  test('a server that goes away is told within the time that was set, and found again when it is back', async () => {
    const first = await startEmbedded()
    onTestFinished(first.close)
    const { store } = openStore({ connection: { port: first.port, retryStrategy: () => 20 }, timeoutMs: 1_000 })
    await store.set('key', 1)
    await first.close()
    await expect(store.get('key')).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' })
    const second = await startEmbedded({ port: first.port })
    onTestFinished(second.close)
    expect(await store.get('key')).toBeUndefined()
  })

  test('a server that stopped answering is told within the time that was set', async () => {
    const { port, pid, close } = await startEmbedded()
    onTestFinished(close)
    const { store } = openStore({ connection: { port }, timeoutMs: 200 })
    await store.set('key', 1)
    process.kill(pid, 'SIGSTOP')
    await expect(store.get('key')).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' })
  })

  test('a server that answers nothing at all is told within the time that was set', async () => {
    const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const { store } = openStore({ connection: { port }, timeoutMs: 200 })
    await expect(store.has('key')).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' })
  })

  test('an answer that is an error is told without what was to be stored', async () => {
    const { url, close } = await startEmbedded()
    onTestFinished(close)
    const { store } = openStore({ connection: url })
    await openClient(url).config('SET', 'maxmemory', '1')
    for (const call of [() => store.set('key', 'secret'), () => store.setMany([['key', 'secret']])]) {
      const error: unknown = await call().catch((error: unknown) => error)
      expect(error).toMatchObject({ code: 'REDIS_REFUSED', message: expect.stringContaining('OOM') })
      expect(error).not.toHaveProperty('cause')
      expect(String(error)).not.toContain('secret')
    }
  })

  test('a script ends by itself when its stores are closed', async () => {
    const script = fileURLToPath(new URL('./script.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, freshPrefix()])
    expect(stdout).toBe('1\nREDIS_UNREACHABLE\n')
  })
})
