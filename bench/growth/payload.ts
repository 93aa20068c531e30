import { deepStrictEqual } from 'node:assert/strict'
import { createCodec } from 'brinemq'
import type { Bench } from '../bench.ts'
import { beside } from '../beside.ts'
import { ofBaskets } from '../cargo.ts'
import { costOf } from '../clock.ts'
import { interleave } from '../interleave.ts'
import { openBrine, openRaw } from '../job-peers.ts'
import { measure } from '../measure.ts'
import { Basket, makeItems } from '../order.ts'
import type { Cell, Table } from '../table.ts'
import { throughQueue } from '../through-queue.ts'

const { models, toPlain, fromPlain } = ofBaskets
// The largest is over the default limits.
const limits = { maxBytes: 2 ** 22, maxNodes: 1_000_000 }

const peers = {
  raw: (url: string, prefix: string) => openRaw(url, prefix, ofBaskets),
  brine: (url: string, prefix: string) => openBrine(url, prefix, ofBaskets, { limits }),
}
type Name = keyof typeof peers
const names: readonly Name[] = ['raw', 'brine']

/** How the time grows with the size of what a job carries: with the bytes, and no faster. */
export async function benchPayload(bench: Bench): Promise<Table[]> {
  const { payloads } = bench.settings
  return [
    {
      id: 'growth-payload',
      title: 'Growth with the payload: the codec',
      against:
        'BrineMQ against JSON mapped by hand, of which the size is: a list of 1 to 10,000 instances, each holding another. The time is that to encode and decode.',
      columns: ['payload', 'BrineMQ bytes', 'by hand µs', 'BrineMQ µs', 'ratio', 'BrineMQ µs/KB'],
      rows: payloads.map(({ items }) => measureCodec(bench, items)),
    },
    {
      id: 'growth-payload-jobs',
      title: 'Growth with the payload: jobs a second, enqueued and done',
      against:
        'BrineMQ against raw BullMQ with JSON mapped by hand; enqueued and done, by a producer and a worker that share a process. CPU time is that of both, a job.',
      columns: ['payload', 'raw jobs/s', 'BrineMQ jobs/s', 'ratio', 'raw CPU µs', 'BrineMQ CPU µs'],
      rows: await measureJobs(bench),
    },
  ]
}

function sizeOf(basket: Basket): string {
  const bytes = Buffer.byteLength(JSON.stringify(toPlain(basket)))
  // To one digit, which is what sets the sizes apart.
  const round = Number(bytes.toPrecision(1))
  return round < 1_000 ? `${round} B` : round < 1_000_000 ? `${round / 1_000} KB` : `${round / 1_000_000} MB`
}

function measureCodec({ settings }: Bench, items: number): Cell[] {
  const basket = new Basket(makeItems(items))
  const codec = createCodec({ models, limits })
  const text = codec.encode(basket)
  deepStrictEqual(codec.decode(text), basket)
  const times = measure(
    [
      { name: 'raw', run: () => fromPlain(JSON.parse(JSON.stringify(toPlain(basket)))) },
      { name: 'brine', run: () => codec.decode(codec.encode(basket)) },
    ],
    settings.codec,
  )
  const [raw = 0, brine = 0] = names.map((name) => times.get(name))
  const kilobytes = Buffer.byteLength(JSON.stringify(toPlain(basket))) / 1_000
  return [sizeOf(basket), Buffer.byteLength(text), raw, brine, brine / raw, brine / kilobytes]
}

async function measureJobs({ settings, server }: Bench): Promise<Cell[][]> {
  const sizes = settings.payloads.map(({ items, jobs }) => ({ basket: new Basket(makeItems(items)), jobs }))
  const costs = await interleave(sizes, names, settings.rounds, ({ basket, jobs }, name) =>
    server.withPrefix(async (prefix) => {
      const peer = peers[name](server.url, prefix)
      const cost = await costOf(jobs, () => throughQueue(peer, basket, jobs))
      await peer.close()
      return new Map([['done', cost]])
    }),
  )
  return sizes.map((size) => [sizeOf(size.basket), ...beside(costs(size, 'raw', 'done'), costs(size, 'brine', 'done'))])
}
