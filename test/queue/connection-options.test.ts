import { createProducer, createWorker, defineQueue } from 'brinemq'
import { Cluster, Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import type { OwnOptions } from '../../src/connection/client-options.ts'
import { freshPrefix, redisUrl } from '../connection.ts'
import { quiet, untyped } from './people.ts'

const jobs = { double: { payload: z.number(), result: z.number() } }
const contract = () => defineQueue('numbers', { prefix: freshPrefix(), jobs })
const { hostname: host, port } = new URL(redisUrl)

const opened = [
  ['a producer', (connection: unknown) => untyped(createProducer)(contract(), { connection })],
  [
    'a worker',
    (connection: unknown) => untyped(createWorker)(contract(), { ...quiet, handlers: { double: () => 1 }, connection }),
  ],
] as const

class Pool {
  host = 'db'
  connect() {}
}

const refused: [what: string, connection: unknown, path: string, words: RegExp][] = [
  ['a misspelt option', { hots: 'cache' }, 'connection.hots', /'hots'/],
  ['a misspelt option beside a URL', { url: redisUrl, pasword: 'x' }, 'connection.pasword', /'pasword'/],
  ['a pool of another database', new Pool(), 'connection', /ioredis client/],
  ['a list', [redisUrl], 'connection', /ioredis client/],
  ['a number', 6379, 'connection', /ioredis client/],
  ['a URL of another database', 'postgres://me:secret@db/app', 'connection', /redis:\/\//],
  [
    'an option in a URL that decides about commands',
    `${redisUrl}?maxRetriesPerRequest=5`,
    'connection.maxRetriesPerRequest',
    /URL/,
  ],
  [
    'an offline queue switched off in a URL',
    `${redisUrl}?enableOfflineQueue=false`,
    'connection.enableOfflineQueue',
    /URL/,
  ],
  ['a misspelt option in a URL', `${redisUrl}?bd=3`, 'connection.bd', /'bd'/],
  ['a key prefix', { keyPrefix: 'app:' }, 'connection.keyPrefix', /prefix/],
]

test.each(refused)('%s is refused as connection', (_, connection, path, words) => {
  for (const [, open] of opened) {
    expect(() => open(connection)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', path }))
    expect(() => open(connection)).toThrow(words)
    expect(() => open(connection)).not.toThrow(/secret/)
  }
})

const harmful: OwnOptions[] = [
  { enableOfflineQueue: false },
  { commandTimeout: 100 },
  { monitor: true },
  { readOnly: true },
  { stringNumbers: true },
  { keyPrefix: 'app:' },
]

test.each(harmful)("a client of the user's with %o is refused by the option's name", (options) => {
  const client = new Redis({ host, port: Number(port), lazyConnect: true, maxRetriesPerRequest: null, ...options })
  onTestFinished(() => client.disconnect())
  const [name] = Object.keys(options)
  for (const [, open] of opened) {
    expect(() => open(client)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', path: `connection.${name}` }))
  }
})

test("a cluster client of the user's is refused for the same", () => {
  for (const options of [
    { enableOfflineQueue: false },
    { redisOptions: { commandTimeout: 100 } },
    { clusterRetryStrategy: null },
  ]) {
    const client = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true, ...options })
    for (const [, open] of opened)
      expect(() => open(client)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
    client.disconnect()
  }
})

const harmless: OwnOptions[] = [
  { enableOfflineQueue: false },
  { commandTimeout: 50 },
  { socketTimeout: 50 },
  { blockingTimeout: 50 },
  { maxRetriesPerRequest: 1 },
  { autoResendUnfulfilledCommands: false },
  { retryStrategy: () => null },
  { stringNumbers: true },
  { readOnly: true },
  { monitor: true },
  { enableAutoPipelining: true },
  { lazyConnect: true },
]

test.each(harmless)(
  'a queue works with %o among connection options, and its worker connects again',
  async (options) => {
    const numbers = contract()
    const connection = { host, port: Number(port), ...options }
    const producer = createProducer(numbers, { connection })
    const worker = createWorker(numbers, { ...quiet, connection, handlers: { double: (n) => n * 2 } })
    onTestFinished(() => Promise.all([producer.close(), worker.close()]).then(() => {}))
    expect(await (await producer.enqueue('double', 2)).result()).toBe(4)
    // Longer than the times above, in which the worker waits.
    await new Promise((resolve) => setTimeout(resolve, 150))
    const killer = new Redis(redisUrl)
    onTestFinished(() => killer.disconnect())
    const clients = String(await killer.client('LIST')).split('\n')
    const ids = clients.filter((line) => line.includes(numbers.prefix ?? '')).map((line) => /^id=(\d+)/.exec(line)?.[1])
    expect(ids.length).toBeGreaterThan(0)
    for (const id of ids) if (id) await killer.client('KILL', 'ID', id)
    expect(await (await producer.enqueue('double', 3)).result()).toBe(6)
  },
)

test('a worker whose client has ended for good is stuck, and says so once', async () => {
  const client = new Redis(redisUrl, { maxRetriesPerRequest: null, retryStrategy: () => null })
  const told: unknown[] = []
  const numbers = contract()
  const worker = createWorker(numbers, {
    ...{ ...quiet, connection: client, handlers: { double: (n) => n * 2 } },
    ...{ watchdogMs: 60, onError: (error) => told.push(error) },
  })
  onTestFinished(() => worker.close())
  await worker.waitUntilReady()
  expect(worker.health()).toMatchObject({ isConnected: true, isStuck: false })
  client.disconnect(true)
  await expect.poll(() => worker.health()).toMatchObject({ isConnected: false, isStuck: true })
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(told.filter((error) => error instanceof Error && Reflect.get(error, 'code') === 'WORKER_STUCK')).toHaveLength(
    1,
  )
})
