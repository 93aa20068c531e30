import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type EmbeddedServer, startEmbedded } from 'brinemq/embedded'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ping } from '../../src/embedded/port.ts'
import { openClient } from '../connection.ts'

const parentProgram = fileURLToPath(new URL('./parent.ts', import.meta.url))

async function start(port?: number): Promise<EmbeddedServer> {
  const server = await startEmbedded(port === undefined ? {} : { port })
  onTestFinished(() => server.close())
  return server
}

/** A process that starts a server and prints its URL, as a user's own would. */
async function startParent(...args: string[]) {
  const parent = spawn(process.execPath, ['--import', 'tsx', parentProgram, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  onTestFinished(() => void parent.kill('SIGKILL'))
  const [url] = await once(createInterface(parent.stdout), 'line')
  return { parent, url: String(url) }
}

/** Returns when the server at `url` has gone: its end closes the connection. */
async function gone(client: Redis): Promise<void> {
  if (client.status === 'ready') await once(client, 'end')
}

async function openLine(url: string): Promise<Redis> {
  const client = new Redis(url, { retryStrategy: null })
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  await once(client, 'ready')
  return client
}

// A process that ends closes its connections a moment before its port, or after it.
async function portIsFree(port: number): Promise<void> {
  const answer = () => ping(port, 1_000).catch((error: unknown) => String(error))
  await expect.poll(answer, { timeout: 10_000 }).toContain('ECONNREFUSED')
}

describe('the embedded server', () => {
  test('is a real Valkey: Lua, streams and blocking commands', async () => {
    const { url } = await start()
    const client = openClient(url)
    const blocked = openClient(url)
    expect(await client.ping()).toBe('PONG')
    expect(await client.eval("return redis.call('INCRBY', KEYS[1], ARGV[1])", 1, 'counter', 41)).toBe(41)
    const id = await client.xadd('stream', '*', 'field', 'value')
    expect(await client.xrange('stream', '-', '+')).toEqual([[id, ['field', 'value']]])
    const waiting = blocked.blpop('list', 0)
    await client.rpush('list', 'element')
    expect(await waiting).toEqual(['list', 'element'])
  })

  test('runs in a process of its own, two at once on different ports', async () => {
    const [a, b] = await Promise.all([start(), start()])
    expect(new Set([a.port, b.port]).size).toBe(2)
    expect(new Set([a.pid, b.pid, process.pid]).size).toBe(3)
    await openClient(a.url).set('key', 'of a')
    expect(await openClient(b.url).get('key')).toBeNull()
  })

  test('frees its port when it is closed, and starts again there with nothing kept', async () => {
    const first = await start()
    await (await openLine(first.url)).set('key', 'value')
    await first.close()
    await first.close()
    await portIsFree(first.port)
    const second = await start(first.port)
    expect(second.url).toBe(first.url)
    expect(await (await openLine(second.url)).get('key')).toBeNull()
  })

  test('refuses a port that is taken, and says which', async () => {
    const { port } = await start()
    await expect(startEmbedded({ port })).rejects.toMatchObject({
      code: 'EMBEDDED_FAILED',
      message: expect.stringContaining(`port ${port} is taken`),
    })
  })

  test('refuses a port that something else than a Redis took', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : undefined
    await expect(startEmbedded({ port: port ?? 0 })).rejects.toMatchObject({ code: 'EMBEDDED_FAILED' })
  })

  test.each([0, -1, 1.5, 65_536, Number.NaN])('refuses %d as a port', async (port) => {
    await expect(startEmbedded({ port })).rejects.toMatchObject({ code: 'OPTIONS_INVALID', path: 'port' })
  })

  test('ends when its parent is killed', async () => {
    const { parent, url } = await startParent('stay')
    const line = await openLine(url)
    parent.kill('SIGKILL')
    await gone(line)
    await portIsFree(Number(new URL(url).port))
  })

  test('stays up at the Ctrl-C that its parent handles', async () => {
    const { parent, url } = await startParent('stay')
    const line = await openLine(url)
    const said = once(createInterface(parent.stdout), 'line')
    if (parent.pid === undefined) throw new Error('the parent did not start')
    process.kill(-parent.pid, 'SIGINT')
    expect(await said).toEqual(['SIGINT'])
    expect(await line.ping()).toBe('PONG')
  })

  test('does not keep a parent that forgot it, and ends with it', async () => {
    const { parent, url } = await startParent('forget')
    const [code] = parent.exitCode === null ? await once(parent, 'exit') : [parent.exitCode]
    expect(code).toBe(0)
    await portIsFree(Number(new URL(url).port))
  })
})

test('serves more connections, one after another, than Valkey has numbers for', async () => {
  const server = await start()
  const answers = new Set<string>()
  // Its limit is 10,128, and the first has the number 4,096.
  for (let connections = 0; connections < 6_200; connections += 100) {
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = connect(server.port, '127.0.0.1')
        socket.write('PING\r\n')
        const [answer] = await once(socket, 'data')
        answers.add(String(answer))
        socket.end()
        await once(socket, 'close')
      }),
    )
  }
  expect([...answers]).toEqual(['+PONG\r\n'])
})
