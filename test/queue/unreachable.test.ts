import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createStore } from 'brinemq'
import { startEmbedded } from 'brinemq/embedded'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { openConnection } from '../../src/connection/connection.ts'
import { openClient, redisUrl } from '../connection.ts'
import { openProducer, openWorker, peopleQueue, rejection, untyped } from './people.ts'

/** A server that takes connections and never says a word. */
async function silentServer(): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test('an enqueue fails within its time when no server is there, and says what to do', async () => {
  const producer = openProducer(peopleQueue(), {
    connection: 'redis://me:secret@127.0.0.1:1/3',
    enqueueTimeoutMs: 200,
  })
  const begun = Date.now()
  const error = await rejection(producer.enqueue('anything', 1))
  expect(Date.now() - begun).toBeLessThan(2_000)
  expect(error).toMatchObject({ code: 'REDIS_UNREACHABLE', job: 'anything' })
  expect(String(error)).toMatch(/127\.0\.0\.1:1 .*npm run redis.*connection.*REDIS_URL/)
  expect(String(error)).not.toContain('secret')
})

test('an enqueue fails within its time when the server is silent', async () => {
  const producer = openProducer(peopleQueue(), {
    connection: { port: await silentServer() },
    enqueueTimeoutMs: 200,
  })
  expect(await rejection(producer.enqueue('anything', 1))).toMatchObject({ code: 'REDIS_UNREACHABLE' })
  const bulk = [{ name: 'anything' as const, payload: 1 }]
  expect(await rejection(producer.enqueueBulk(bulk))).toMatchObject({ code: 'REDIS_UNREACHABLE' })
})

test('an enqueue of a process that is busy for longer than its time is not told as one without an answer', async () => {
  const producer = openProducer(peopleQueue(), { enqueueTimeoutMs: 1_000 })
  const first = producer.enqueue('anything', 1)
  const busyUntil = Date.now() + 1_300
  while (Date.now() < busyUntil);
  expect(await (await first).state()).toBe('waiting')
})

test("an enqueue fails within its time with a client of the user's own", async () => {
  const client = new Redis(1, '127.0.0.1', { lazyConnect: true })
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  const producer = openProducer(peopleQueue(), { connection: client, enqueueTimeoutMs: 200 })
  expect(await rejection(producer.enqueue('anything', 1))).toMatchObject({ code: 'REDIS_UNREACHABLE' })
})

test('what was reported as failed is not added later, and all works again when the server is back', async () => {
  const first = await startEmbedded()
  const { port } = first
  const contract = peopleQueue()
  const producer = openProducer(contract, { connection: { port }, enqueueTimeoutMs: 10_000 })
  const worker = openWorker(contract, (payload) => payload, { connection: { port } })
  expect(await (await producer.enqueue('anything', 'before')).result()).toBe('before')
  const disconnected = new Promise((resolve) => worker.bullmq.once('error', resolve))
  await first.close()
  await disconnected
  const hasty = openProducer(contract, { connection: { port }, enqueueTimeoutMs: 100 })
  expect(await rejection(hasty.enqueue('anything', 'lost'))).toMatchObject({ code: 'REDIS_UNREACHABLE' })

  const during = producer.enqueue('anything', 'during')
  const second = await startEmbedded({ port })
  onTestFinished(() => second.close())
  const job = await during
  expect(await job.result()).toBe('during')
  const items = ['after', 'that'].map((payload) => ({ name: 'anything' as const, payload }))
  const bulk = await producer.enqueueBulk(items)
  expect(await Promise.all(bulk.map((one) => one.result()))).toEqual(['after', 'that'])
  const kept = await producer.bullmq.getJobs()
  expect(kept).toHaveLength(3)
})

test('an enqueue works after the server has forgotten its scripts', async () => {
  const producer = openProducer()
  await producer.enqueue('anything', 1)
  const client = new Redis(redisUrl)
  await client.script('FLUSH')
  client.disconnect()
  await producer.enqueueBulk([
    { name: 'anything', payload: 2 },
    { name: 'anything', payload: 3 },
  ])
  expect(await producer.bullmq.count()).toBe(3)
})

test('tells what the server itself refuses', async () => {
  const client = new Redis(redisUrl)
  onTestFinished(() => client.disconnect())
  const user = `reader-${process.pid}`
  await client.acl('SETUSER', user, 'on', '>pass', '~*', '+@read', '+@connection', '+info')
  onTestFinished(() => void client.acl('DELUSER', user))
  const url = new URL(redisUrl)
  Object.assign(url, { username: user, password: 'pass' })
  const producer = openProducer(peopleQueue(), { connection: url.href })
  expect(await rejection(producer.enqueue('anything', 1))).toMatchObject({ code: 'REDIS_REFUSED', job: 'anything' })
})

test('a database that Redis does not have is refused, and nothing is done in database 0 in its place', async () => {
  const absent = new URL(redisUrl)
  absent.pathname = '/999'
  const connection = absent.href
  const contract = peopleQueue()
  const waiting = await openProducer(contract).enqueue('anything', 'of database 0')
  const client = openClient()
  const all = () => client.keys(`${contract.prefix}*`)
  const before = await all()

  const refused = { code: 'REDIS_UNREACHABLE', message: expect.stringContaining('no database 999') }
  const producer = openProducer(contract, { connection, enqueueTimeoutMs: 500 })
  expect(await rejection(producer.enqueue('anything', 1))).toMatchObject(refused)
  expect(await rejection(producer.enqueueBulk([{ name: 'anything', payload: 2 }]))).toMatchObject(refused)
  const store = createStore({ connection, prefix: `${contract.prefix}:`, timeoutMs: 500 })
  onTestFinished(() => store.close())
  expect(await rejection(store.set('key', 1))).toMatchObject(refused)
  const worker = openWorker(contract, (payload) => payload, { connection })
  // Each attempt to connect ends there: also those that follow the first.
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const [failed] = await once(worker.bullmq, 'error')
    expect(String(failed)).toContain('DB index')
  }
  expect((await all()).sort()).toEqual(before.sort())
  expect(await waiting.state()).toBe('waiting')
})

test.each([
  ['a URL of another protocol', 'http://me:secret@127.0.0.1'],
  ['a URL that cannot be read', 'redis://me:secret@[x'],
  ['a number', 6379],
  ['a key prefix', { keyPrefix: 'mine:' }],
  ['a client with a key prefix', new Redis({ keyPrefix: 'mine:', lazyConnect: true })],
])('refuses %s as a connection', (_title, connection) => {
  let error: unknown
  try {
    untyped(openConnection)(connection, 'fail')
  } catch (thrown) {
    error = thrown
  }
  expect(error).toMatchObject({ code: 'OPTIONS_INVALID' })
  expect(String(error)).not.toContain('secret')
})
