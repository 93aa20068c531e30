import { deepStrictEqual } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Compression, createCodec, type Keys, newKey } from 'brinemq'
import { startEmbedded } from 'brinemq/embedded'
import { Redis } from 'ioredis'
import { openWith } from './job-peers.ts'
import { measure, median } from './measure.ts'
import { makeOrder, models, type Order } from './order.ts'
import { printTable } from './table.ts'

interface Options {
  keys?: Keys
  compress?: Compression
}

const modes: Record<string, Options> = {
  none: {},
  sign: { keys: newKey({ mode: 'sign' }) },
  encrypt: { keys: newKey({ mode: 'encrypt' }) },
  'sign, compressed': { keys: newKey({ mode: 'sign' }), compress: { aboveBytes: 1_024 } },
}
// The largest is over the default limits.
const limits = { maxBytes: 2 ** 21, maxNodes: 200_000 }
const sizes = [
  { kb: 0.3, items: 0, jobs: 1_000 },
  { kb: 10, items: 56, jobs: 300 },
  { kb: 1_000, items: 5_200, jobs: 12 },
]
const rounds = 5

/** Measures what seals cost, beside none: of the codec alone, and of jobs from the enqueue to the result. */
export async function benchSeals(): Promise<void> {
  const rows: (string | number)[][] = []
  for (const { kb, items } of sizes) {
    const order = makeOrder(items)
    const codecs = Object.entries(modes).map(([name, options]) => {
      const codec = createCodec({ ...options, models, limits })
      const text = codec.encode(order)
      deepStrictEqual(codec.decode(text), order)
      return { name, codec, text }
    })
    const encode = measure(codecs.map(({ name, codec }) => ({ name, run: () => codec.encode(order) })))
    const decode = measure(codecs.map(({ name, codec, text }) => ({ name, run: () => codec.decode(text) })))
    const both = (name: string) => (encode.get(name) ?? 0) + (decode.get(name) ?? 0)
    for (const { name, text } of codecs) {
      const times = [encode.get(name) ?? 0, decode.get(name) ?? 0, both(name) / both('none')]
      rows.push([`${kb} KB`, name, ...times, Buffer.byteLength(text)])
    }
  }
  printTable(
    'Seals: µs of the codec, and bytes of text',
    ['body', 'seal', 'encode µs', 'decode µs', 'ratio', 'bytes'],
    rows,
  )
  await benchJobs()
  console.log('\nThe ratio is of the time, to that without a seal. Keys are derived once, when a codec is made.')
}

async function benchJobs(): Promise<void> {
  const given = process.env['REDIS_URL']
  const server = given ? undefined : await startEmbedded()
  const url = given || `${server?.url}`
  const redis = new Redis(url)
  try {
    const rows: (string | number)[][] = []
    for (const { kb, items, jobs } of sizes) {
      const order = makeOrder(items)
      const times = new Map<string, number[]>()
      // The first round only warms up.
      for (let round = 0; round <= rounds; round += 1) {
        const names = Object.keys(modes)
        for (const name of round % 2 === 0 ? names : names.reverse()) {
          const ms = await playRound(redis, url, modes[name] ?? {}, order, jobs)
          if (round > 0) times.set(name, [...(times.get(name) ?? []), ms])
        }
      }
      const middle = (name: string) => median(times.get(name) ?? [])
      for (const name of Object.keys(modes)) {
        rows.push([`${kb} KB`, name, (1000 * jobs) / middle(name), middle(name) / middle('none')])
      }
    }
    const title = `Seals: jobs a second, enqueued and done, on ${server ? 'an embedded Valkey' : 'the Redis at REDIS_URL'}`
    printTable(title, ['body', 'seal', 'jobs/s', 'ratio'], rows)
  } finally {
    redis.disconnect()
    await server?.close()
  }
}

/** Milliseconds from the first enqueue to the last job that is done. */
async function playRound(redis: Redis, url: string, options: Options, order: Order, jobs: number): Promise<number> {
  const prefix = `bench-${randomUUID()}`
  const peer = openWith(url, prefix, { ...options, limits })
  let completed = 0
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const worker = peer.work({
    handled: () => {},
    completed() {
      completed += 1
      if (completed === jobs) finish()
    },
  })
  try {
    const started = performance.now()
    // So many at once that the connection is busy, and so few that what is encoded does not wait for seconds.
    const atOnce = Math.max(1, Math.min(jobs, 100, Math.floor(jobs / 10)))
    for (let sent = 0; sent < jobs; sent += atOnce) {
      await Promise.all(Array.from({ length: Math.min(atOnce, jobs - sent) }, () => peer.enqueue(order)))
    }
    await finished
    return performance.now() - started
  } finally {
    await worker.close()
    await peer.close()
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(keys)
    }
  }
}
