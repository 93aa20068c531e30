import { deepStrictEqual } from 'node:assert/strict'
import { createCodec, type Keys, newKey } from 'brinemq'
import type { Compression } from '../src/seal/compress.ts'
import type { Bench } from './bench.ts'
import { ofOrders } from './cargo.ts'
import { costOf } from './clock.ts'
import { interleave } from './interleave.ts'
import { openBrine } from './job-peers.ts'
import { measure } from './measure.ts'
import { makeOrder, models } from './order.ts'
import type { Cell, Table } from './table.ts'
import { throughQueue } from './through-queue.ts'

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
const names = Object.keys(modes)
// The largest is over the default limits.
const limits = { maxBytes: 2 ** 21, maxNodes: 200_000 }

/** Measures what seals cost, beside none: of the codec alone, and of jobs from the enqueue to the result. */
export async function benchSeals(bench: Bench): Promise<Table[]> {
  const against = 'Against the same without a seal. Keys are derived once, when a codec is made.'
  return [
    {
      id: 'seals',
      title: 'Seals: the codec',
      against: `${against} The ratio is of the time to encode and decode.`,
      columns: ['body', 'seal', 'encode µs', 'decode µs', 'ratio', 'bytes'],
      rows: bench.settings.seals.flatMap(({ kb, items }) => measureCodec(bench, kb, items)),
    },
    {
      id: 'seals-jobs',
      title: 'Seals: jobs a second, enqueued and done',
      against: `${against} The ratio is of jobs a second. Producer and worker share a process.`,
      columns: ['body', 'seal', 'jobs/s', 'ratio'],
      rows: await measureJobs(bench),
    },
  ]
}

function measureCodec({ settings }: Bench, kb: number, items: number): Cell[][] {
  const order = makeOrder(items)
  const codecs = Object.entries(modes).map(([name, options]) => {
    const codec = createCodec({ ...options, models, limits })
    const text = codec.encode(order)
    deepStrictEqual(codec.decode(text), order)
    return { name, codec, text }
  })
  const { codec: pace } = settings
  const encode = measure(
    codecs.map(({ name, codec }) => ({ name, run: () => codec.encode(order) })),
    pace,
  )
  const decode = measure(
    codecs.map(({ name, codec, text }) => ({ name, run: () => codec.decode(text) })),
    pace,
  )
  const both = (name: string) => (encode.get(name) ?? 0) + (decode.get(name) ?? 0)
  return codecs.map(({ name, text }) => {
    const times = [encode.get(name) ?? 0, decode.get(name) ?? 0, both(name) / both('none')]
    return [`${kb} KB`, name, ...times, Buffer.byteLength(text)]
  })
}

async function measureJobs({ settings, server }: Bench): Promise<Cell[][]> {
  const sizes = settings.seals.map(({ kb, items, jobs }) => ({ kb, jobs, order: makeOrder(items) }))
  const costs = await interleave(sizes, names, settings.rounds, ({ order, jobs }, name) =>
    server.withPrefix(async (prefix) => {
      const peer = openBrine(server.url, prefix, ofOrders, { ...modes[name], limits })
      const cost = await costOf(jobs, () => throughQueue(peer, order, jobs))
      await peer.close()
      return new Map([['done', cost]])
    }),
  )
  return sizes.flatMap((size) => {
    const rate = (name: string) => 1000 / costs(size, name, 'done').ms
    return names.map((name): Cell[] => [`${size.kb} KB`, name, rate(name), rate(name) / rate('none')])
  })
}
